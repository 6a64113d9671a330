#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/database.h"

namespace yard::base {
class Telemetry;
}  // namespace yard::base

namespace yard::storage {

/// When a commit counts as done.
enum class Durability {
  kFlushed,    // on the disk: survives a power cut. For the truth.
  kUnflushed,  // in the system's memory: survives a killed process only. For what can be rebuilt.
};

struct SqliteOptions {
  Durability durability = Durability::kFlushed;
  /// Reads that may run at the same time; their connections open at first use. >= 1.
  int reader_count = 4;
  /// Functions that may wait in the write queue beyond the group that runs. >= 1.
  size_t queue_limit = 10'000;
  /// How long to wait for another process that holds the file, and for a free reader.
  std::chrono::milliseconds busy_timeout{5'000};
  /// After this time a read is cut off with kDeadlineExceeded; zero: never.
  std::chrono::milliseconds read_timeout{60'000};
  /// Gets the yard_database_... metrics, with the label `database` = the file's name. May be null;
  /// must outlive the database.
  base::Telemetry* telemetry = nullptr;

  // For tests.
  int64_t max_pages = 0;  // the file may not grow beyond; zero: no limit
  std::string vfs_name;   // a registered sqlite3_vfs; empty: the system's
};

/// Opens or creates the database file in WAL mode. Only one process may have it open for writing;
/// DataFolder sees to that.
///
/// A group that meets a full disk, a failing disk or a damaged file is undone whole: every caller
/// of the group gets the error, and the next group tries anew.
///
/// Errors: kNotFound when the folder does not exist, kPermissionDenied when the file cannot be
/// written, kFailedPrecondition when the file is a database of another program, kDataLoss when it
/// is no database or damaged, kUnavailable for the rest.
base::Result<std::unique_ptr<Database>> OpenSqlite(const std::filesystem::path& path,
                                                   const SqliteOptions& options = {});

/// Copies a consistent state of the database at `source` to the new file `target`, durably, while
/// it may be open and written elsewhere. Errors: kNotFound when there is no source,
/// kAlreadyExists when there is a target, and those of OpenSqlite.
base::Result<void> BackupSqlite(const std::filesystem::path& source,
                                const std::filesystem::path& target);

/// Removes a database file with its log, for what can be rebuilt. Nobody may have it open. Does
/// nothing when there is none. Errors: kPermissionDenied, kUnavailable.
base::Result<void> RemoveSqlite(const std::filesystem::path& path);

}  // namespace yard::storage
