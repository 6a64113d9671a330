#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "storage/sqlite/connection.h"

namespace yard::storage::sqlite {

/// Connections for reading, opened at first use and kept. Thread-safe.
class ReaderPool {
 public:
  ReaderPool(std::filesystem::path path, SqliteOptions options);

  /// Runs `function` on a snapshot, on the calling thread. Errors beside the function's own:
  /// kUnavailable when every reader stays busy for the busy timeout.
  base::Result<void> Run(Database::ReadFunction function);

 private:
  base::Result<std::unique_ptr<Connection>> Take();
  void GiveBack(std::unique_ptr<Connection> connection);
  base::Result<void> RunOn(Connection& connection, Database::ReadFunction function) const;

  const std::filesystem::path path_;
  const SqliteOptions options_;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int lent_ = 0;
};

}  // namespace yard::storage::sqlite
