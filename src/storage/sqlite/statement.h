#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "storage/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace yard::storage::sqlite {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using OwnedStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// A prepared statement on loan from the cache; it is reset when it goes back.
class Statement {
 public:
  Statement(sqlite3* connection, sqlite3_stmt* statement, bool* in_use);
  Statement(sqlite3* connection, OwnedStatement own);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  /// Whether it leaves the database file as it is.
  bool is_read_only() const;

  /// The parameters' bytes must live as long as this object.
  base::Result<void> Bind(std::span<const Parameter> parameters);
  /// True when there is a row, false at the end.
  base::Result<bool> Step();
  /// Steps to the end and shows every row.
  base::Result<void> ForEachRow(base::FunctionRef<base::Result<void>(const Row&)> visit);

 private:
  int BindOne(int index, const Parameter& parameter);

  sqlite3* connection_;
  OwnedStatement own_;       // when the cache could not lend one
  sqlite3_stmt* statement_;  // null after a move
  bool* in_use_;             // the cache's mark, or null
};

/// The statements of one connection, prepared once and found again by their text. Keeps the
/// kMaxStatements used last. One thread at a time; the connection must outlive it.
class StatementCache {
 public:
  static constexpr size_t kMaxStatements = 256;

  explicit StatementCache(sqlite3* connection) : connection_(connection) {}

  base::Result<Statement> Prepare(std::string_view sql);

 private:
  struct Entry {
    OwnedStatement statement;
    bool in_use = false;
    uint64_t last_use = 0;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view sql) const { return std::hash<std::string_view>{}(sql); }
  };

  void DropOldest();

  sqlite3* connection_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
  uint64_t uses_ = 0;
};

/// Compiles the first statement of `sql` and cuts it off the front; null for white space.
base::Result<OwnedStatement> CompileFirst(sqlite3* connection, std::string_view& sql);

}  // namespace yard::storage::sqlite
