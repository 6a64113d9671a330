#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace yard::storage {

/// An open file or folder; closed at the end.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// What the system said (an errno) as a typed error with a reason token: kNotFound,
/// kPermissionDenied, kUnavailable ("disk_full", "disk_error"), kFailedPrecondition
/// ("file_in_the_way"). `doing` is static text such as "creating the folder".
base::Error SystemError(int error_number, std::string_view doing, std::string path);

/// Writes all of `bytes` at the file's position.
base::Result<void> WriteAll(int file, std::string_view bytes, const std::string& path);

/// Waits until the file's or folder's content is on the disk.
base::Result<void> Flush(int file, const std::string& path);
/// The same for a folder that is not open: its new and renamed entries survive a power cut.
base::Result<void> FlushFolder(const std::string& path);
/// The same for a file that is not open, and for its entry in its folder.
base::Result<void> FlushFile(const std::filesystem::path& path);

}  // namespace yard::storage
