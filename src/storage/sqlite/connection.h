#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite_database.h"

struct sqlite3;

namespace yard::storage::sqlite {

enum class Access { kRead, kWrite };

struct CloseConnection {
  void operator()(sqlite3* connection) const;
};

/// One connection to the file. One thread at a time.
class Connection {
 public:
  /// With Access::kWrite the file is created when missing, and checked to be ours.
  static base::Result<std::unique_ptr<Connection>> Open(const std::filesystem::path& path,
                                                        const SqliteOptions& options,
                                                        Access access);

  base::Result<Statement> Prepare(std::string_view sql) { return statements_.Prepare(sql); }
  /// Prepares, binds and runs to the end; rows are dropped.
  base::Result<void> Run(std::string_view sql, std::span<const Parameter> parameters = {});
  base::Result<int64_t> QueryInteger(std::string_view sql);
  base::Result<void> RunScript(std::string_view sql);

  bool in_transaction() const;
  /// Rows that the last statement changed.
  int64_t changed_rows() const;
  /// Statements that run past it end with kDeadlineExceeded.
  void SetDeadline(std::optional<std::chrono::steady_clock::time_point> deadline);

 private:
  explicit Connection(sqlite3* connection);
  base::Result<void> Configure(const SqliteOptions& options, Access access);
  base::Result<void> ClaimFile();
  base::Result<void> EnterWalMode();

  std::unique_ptr<sqlite3, CloseConnection> connection_;
  StatementCache statements_;  // after the connection: destroyed before it
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace yard::storage::sqlite
