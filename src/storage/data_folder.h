#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace yard::storage {

/// The version of the folder's layout and formats that this program writes.
inline constexpr int kDataFolderFormat = 1;

/// What server.json says about the process that serves a folder.
struct ServerInfo {
  int64_t pid = 0;
  std::string address;  // "http://127.0.0.1:5000"
  std::string version;  // of the program
  base::Millis started;
};

/// Everything that one server keeps, in one folder: modelyard.db, search.db, artifacts/,
/// predictions/, cache/, and LOCK, FORMAT, server.json about itself. An open DataFolder holds the
/// lock: no second process can open it. Not thread-safe.
class DataFolder {
 public:
  /// Opens the folder or creates it (its parent must exist), takes the lock and checks the format.
  ///
  /// Errors: kFailedPrecondition with reason "data_folder_in_use" (details pid and address) when
  /// another process has it, "data_folder_too_new" when a newer program wrote it, "not_a_folder"
  /// when a file is in the way; kNotFound when the parent is missing; kPermissionDenied when the
  /// folder is read-only; kUnavailable for a failing disk.
  static base::Result<DataFolder> Open(const std::filesystem::path& path,
                                       std::string program_version);

  /// Removes server.json and lets go of the lock.
  ~DataFolder();
  DataFolder(DataFolder&&) noexcept;
  DataFolder& operator=(DataFolder&&) noexcept;

  /// Writes server.json, so that commands on this machine find the server. Call when it listens.
  base::Result<void> Announce(std::string_view address, const base::Clock& clock);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database_file() const { return path_ / "modelyard.db"; }
  std::filesystem::path search_file() const { return path_ / "search.db"; }
  std::filesystem::path artifacts() const { return path_ / "artifacts"; }
  std::filesystem::path predictions() const { return path_ / "predictions"; }
  std::filesystem::path cache() const { return path_ / "cache"; }

 private:
  class Lock;
  DataFolder(std::filesystem::path path, std::string version, std::unique_ptr<Lock> lock);

  std::filesystem::path path_;
  std::string version_;
  std::unique_ptr<Lock> lock_;
};

/// Reads server.json of a folder, for commands that talk to the running server. It may be left over
/// from a process that was killed. Errors: kNotFound when there is none, kDataLoss when it is no
/// JSON.
base::Result<ServerInfo> ReadServerInfo(const std::filesystem::path& folder);

}  // namespace yard::storage
