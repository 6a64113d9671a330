#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace yard::net {

/// Reads a file's range piece by piece. Every call may block on the disk. Not thread-safe.
class FileSource {
 public:
  static constexpr size_t kPieceBytes = 256 * 1024;

  explicit FileSource(Response::File file);
  ~FileSource();
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  /// The next piece; empty at the end of the range. Opens the file at first. Errors: kNotFound,
  /// kDataLoss when the file is shorter than promised, kInternal.
  base::Result<std::string> Next();
  bool done() const { return sent_ == file_.size; }
  uint64_t size() const { return file_.size; }

 private:
  base::Result<void> Open();

  Response::File file_;
  uint64_t sent_ = 0;
  int descriptor_ = -1;
};

}  // namespace yard::net
