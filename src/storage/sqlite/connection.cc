#include "storage/sqlite/connection.h"

#include <string>
#include <system_error>

#include <sqlite3.h>

#include "storage/sqlite/error.h"

namespace yard::storage::sqlite {
namespace {

constexpr int64_t kApplicationId = 0x59415244;   // "YARD", in the file's header
constexpr int kStepsBetweenClockLooks = 20'000;  // of SQLite's machine: well below a millisecond

// Counting every allocation under one lock would serialize the readers; nobody asks for the count.
void ConfigureLibraryOnce() {
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);
}

int PastDeadline(void* deadline) {
  using TimePoint = std::chrono::steady_clock::time_point;
  const auto& limit = *static_cast<const std::optional<TimePoint>*>(deadline);
  return limit && std::chrono::steady_clock::now() > *limit ? 1 : 0;
}

base::Result<sqlite3*> OpenHandle(const std::filesystem::path& path, const SqliteOptions& options,
                                  Access access) {
  const int create = access == Access::kWrite ? SQLITE_OPEN_CREATE : 0;
  sqlite3* connection = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | create,
                      options.vfs_name.empty() ? nullptr : options.vfs_name.c_str());
  if (code == SQLITE_OK) return connection;
  base::Error error = ErrorOf(code, connection, "opening the database");
  sqlite3_close_v2(connection);
  return std::move(error).With({"path", path.string()});
}

base::Result<void> CheckPlace(const std::filesystem::path& path) {
  std::error_code failure;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, failure))
    return base::NotFound("the database's folder does not exist", {"path", folder.string()});
  if (std::filesystem::is_directory(path, failure)) {
    return base::FailedPrecondition("a folder is where the database file should be",
                                    {"path", path.string()});
  }
  return {};
}

}  // namespace

void CloseConnection::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Connection::Connection(sqlite3* connection) : connection_(connection), statements_(connection) {}

base::Result<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& path,
                                                           const SqliteOptions& options,
                                                           Access access) {
  ConfigureLibraryOnce();
  YARD_RETURN_IF_ERROR(CheckPlace(path));
  YARD_ASSIGN_OR_RETURN(sqlite3* const handle, OpenHandle(path, options, access));
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (auto outcome = connection->Configure(options, access); !outcome.ok())
    return std::move(outcome).error().With({"path", path.string()});
  return connection;
}

base::Result<void> Connection::Configure(const SqliteOptions& options, Access access) {
  sqlite3* const handle = connection_.get();
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  YARD_RETURN_IF_ERROR(Run("PRAGMA temp_store = MEMORY"));
  YARD_RETURN_IF_ERROR(Run("PRAGMA foreign_keys = ON"));
  YARD_RETURN_IF_ERROR(Run("PRAGMA secure_delete = FAST"));
  YARD_RETURN_IF_ERROR(Run(options.durability == Durability::kFlushed
                               ? "PRAGMA synchronous = FULL"
                               : "PRAGMA synchronous = OFF"));
  if (access == Access::kRead) return Run("PRAGMA query_only = ON");
  if (sqlite3_db_readonly(handle, "main") == 1)
    return base::PermissionDenied("the database file cannot be written");
  YARD_RETURN_IF_ERROR(ClaimFile());
  if (options.max_pages == 0) return {};
  return Run("PRAGMA max_page_count = " + std::to_string(options.max_pages));
}

// A new file becomes ours, with our mark; a file of another program is left untouched.
base::Result<void> Connection::ClaimFile() {
  YARD_ASSIGN_OR_RETURN(const int64_t application, QueryInteger("PRAGMA application_id"));
  YARD_ASSIGN_OR_RETURN(const int64_t objects, QueryInteger("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application == 0 && objects == 0;
  if (!is_new && application != kApplicationId) {
    return base::FailedPrecondition("the file is a database of another program; choose another one")
        .WithReason("foreign_database");
  }
  YARD_RETURN_IF_ERROR(EnterWalMode());
  if (!is_new) return {};
  return Run("PRAGMA application_id = " + std::to_string(kApplicationId));
}

base::Result<void> Connection::EnterWalMode() {
  YARD_ASSIGN_OR_RETURN(Statement statement, Prepare("PRAGMA journal_mode = WAL"));
  std::string mode;
  YARD_RETURN_IF_ERROR(statement.ForEachRow([&mode](const Row& row) -> base::Result<void> {
    mode = row.Text(0);
    return {};
  }));
  if (mode == "wal") return {};
  return base::FailedPrecondition(
      "the file system cannot share memory between processes, which the database needs; put the "
      "data folder on a local disk");
}

base::Result<void> Connection::Run(std::string_view sql, std::span<const Parameter> parameters) {
  YARD_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  YARD_RETURN_IF_ERROR(statement.Bind(parameters));
  return statement.ForEachRow([](const Row&) -> base::Result<void> { return {}; });
}

base::Result<int64_t> Connection::QueryInteger(std::string_view sql) {
  YARD_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  int64_t integer = 0;
  YARD_RETURN_IF_ERROR(statement.ForEachRow([&integer](const Row& row) -> base::Result<void> {
    integer = row.Integer(0);
    return {};
  }));
  return integer;
}

base::Result<void> Connection::RunScript(std::string_view sql) {
  while (!sql.empty()) {
    YARD_ASSIGN_OR_RETURN(OwnedStatement compiled, CompileFirst(connection_.get(), sql));
    if (compiled == nullptr) continue;
    Statement statement(connection_.get(), std::move(compiled));
    YARD_RETURN_IF_ERROR(statement.ForEachRow([](const Row&) -> base::Result<void> { return {}; }));
  }
  return {};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

int64_t Connection::changed_rows() const { return sqlite3_changes64(connection_.get()); }

void Connection::SetDeadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  deadline_ = deadline;
  sqlite3_progress_handler(connection_.get(), deadline ? kStepsBetweenClockLooks : 0, PastDeadline,
                           &deadline_);
}

}  // namespace yard::storage::sqlite
