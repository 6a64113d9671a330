#include "storage/sqlite/statement.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "storage/sqlite/error.h"

namespace yard::storage::sqlite {
namespace {

constexpr size_t kMaxSqlBytes = 1'000'000;  // SQLite's own default limit
constexpr size_t kShownSqlBytes = 300;

std::string_view ViewOf(const void* bytes, int size) {
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}

  int64_t Integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const override { return sqlite3_column_double(statement_, column); }

  // Text and blobs are taken as they lie there: asking SQLite to convert one into the other may
  // move it, and a view that was given before would dangle.
  std::string_view Text(int column) const override {
    const int type = sqlite3_column_type(statement_, column);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return Bytes(column);
    const void* text = sqlite3_column_text(statement_, column);
    return ViewOf(text, sqlite3_column_bytes(statement_, column));
  }
  std::string_view Bytes(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    return ViewOf(bytes, sqlite3_column_bytes(statement_, column));
  }

  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int column_count() const override { return sqlite3_column_count(statement_); }

  OwnedRow Copy() const override {
    std::vector<Value> values;
    values.reserve(static_cast<size_t>(column_count()));
    for (int column = 0; column < column_count(); ++column) values.push_back(ValueOf(column));
    return OwnedRow(std::move(values));
  }

 private:
  Value ValueOf(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
      case SQLITE_INTEGER:
        return Integer(column);
      case SQLITE_FLOAT:
        return Real(column);
      case SQLITE_TEXT:
        return std::string(Text(column));
      case SQLITE_BLOB:
        return Blob{std::string(Bytes(column))};
      default:
        return std::monostate{};
    }
  }

  sqlite3_stmt* statement_;
};

bool IsBlank(std::string_view sql) {
  return sql.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

}  // namespace

void FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* connection, sqlite3_stmt* statement, bool* in_use)
    : connection_(connection), statement_(statement), in_use_(in_use) {
  *in_use_ = true;
}

Statement::Statement(sqlite3* connection, OwnedStatement own)
    : connection_(connection), own_(std::move(own)), statement_(own_.get()), in_use_(nullptr) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      own_(std::move(other.own_)),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  if (in_use_ != nullptr) *in_use_ = false;
}

bool Statement::is_read_only() const { return sqlite3_stmt_readonly(statement_) != 0; }

int Statement::BindOne(int index, const Parameter& parameter) {
  const std::string_view text = parameter.text();
  const char* bytes = text.data() != nullptr ? text.data() : "";  // null would bind a null
  switch (parameter.kind()) {
    case Parameter::Kind::kNull:
      return sqlite3_bind_null(statement_, index);
    case Parameter::Kind::kInteger:
      return sqlite3_bind_int64(statement_, index, parameter.integer());
    case Parameter::Kind::kReal:
      return sqlite3_bind_double(statement_, index, parameter.real());
    case Parameter::Kind::kText:
      return sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    case Parameter::Kind::kBlob:
      return sqlite3_bind_blob64(statement_, index, bytes, text.size(), SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

base::Result<void> Statement::Bind(std::span<const Parameter> parameters) {
  const int wanted = sqlite3_bind_parameter_count(statement_);
  if (parameters.size() != static_cast<size_t>(wanted)) {
    return base::Internal("the statement has another number of parameters",
                          {"sql", sqlite3_sql(statement_)},
                          {"given", std::to_string(parameters.size())});
  }
  int index = 0;
  for (const Parameter& parameter : parameters) {
    const int code = BindOne(++index, parameter);
    if (code != SQLITE_OK) return ErrorOf(code, connection_, "binding a parameter");
  }
  return {};
}

base::Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const std::string_view sql = sqlite3_sql(statement_);
  return ErrorOf(code, connection_, "running a statement")
      .With({"sql", std::string(sql.substr(0, kShownSqlBytes))});
}

base::Result<void> Statement::ForEachRow(base::FunctionRef<base::Result<void>(const Row&)> visit) {
  const StatementRow row(statement_);
  for (;;) {
    YARD_ASSIGN_OR_RETURN(const bool has_row, Step());
    if (!has_row) return {};
    YARD_RETURN_IF_ERROR(visit(row));
  }
}

base::Result<OwnedStatement> CompileFirst(sqlite3* connection, std::string_view& sql) {
  if (sql.size() > kMaxSqlBytes) return base::Internal("the statement is too long");
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) {
    return ErrorOf(code, connection, "preparing a statement")
        .With({"sql", std::string(sql.substr(0, kShownSqlBytes))});
  }
  sql.remove_prefix(static_cast<size_t>(rest - sql.data()));
  return OwnedStatement(statement);
}

base::Result<Statement> StatementCache::Prepare(std::string_view sql) {
  auto found = entries_.find(sql);
  if (found != entries_.end() && !found->second.in_use) {
    found->second.last_use = ++uses_;
    return Statement(connection_, found->second.statement.get(), &found->second.in_use);
  }
  std::string_view rest = sql;
  YARD_ASSIGN_OR_RETURN(OwnedStatement compiled, CompileFirst(connection_, rest));
  if (compiled == nullptr || !IsBlank(rest)) {
    return base::Internal("exactly one statement is allowed here", {"sql", std::string(sql)});
  }
  // Used again while it runs, as by a recursive reader: a second one that is not kept.
  if (found != entries_.end()) return Statement(connection_, std::move(compiled));
  if (entries_.size() >= kMaxStatements) DropOldest();
  Entry& entry = entries_[std::string(sql)];
  entry.statement = std::move(compiled);
  entry.last_use = ++uses_;
  return Statement(connection_, entry.statement.get(), &entry.in_use);
}

void StatementCache::DropOldest() {
  auto oldest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->second.in_use) continue;
    if (oldest == entries_.end() || entry->second.last_use < oldest->second.last_use)
      oldest = entry;
  }
  if (oldest != entries_.end()) entries_.erase(oldest);
}

}  // namespace yard::storage::sqlite
