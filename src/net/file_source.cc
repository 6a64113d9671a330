#include "net/file_source.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace yard::net {
namespace {

std::string LastErrorText() { return std::generic_category().message(errno); }

}  // namespace

FileSource::FileSource(Response::File file) : file_(std::move(file)) {}

FileSource::~FileSource() {
  if (descriptor_ >= 0) close(descriptor_);
}

base::Result<void> FileSource::Open() {
  descriptor_ = open(file_.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ >= 0) return {};
  if (errno == ENOENT) return base::NotFound("no such file", {"path", file_.path});
  return base::Internal("the file cannot be opened: " + LastErrorText(), {"path", file_.path});
}

base::Result<std::string> FileSource::Next() {
  if (descriptor_ < 0) YARD_RETURN_IF_ERROR(Open());
  std::string piece(static_cast<size_t>(std::min<uint64_t>(kPieceBytes, file_.size - sent_)), '\0');
  const ssize_t count =
      pread(descriptor_, piece.data(), piece.size(), static_cast<off_t>(file_.offset + sent_));
  if (count < 0)
    return base::Internal("the file cannot be read: " + LastErrorText(), {"path", file_.path});
  if (count == 0 && !piece.empty())
    return base::DataLoss("the file is shorter than promised", {"path", file_.path});
  piece.resize(static_cast<size_t>(count));
  sent_ += static_cast<uint64_t>(count);
  return piece;
}

}  // namespace yard::net
