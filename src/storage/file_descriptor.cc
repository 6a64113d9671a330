#include "storage/file_descriptor.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace yard::storage {
namespace {

struct Meaning {
  base::Code code;
  const char* reason;
  const char* message;
};

Meaning MeaningOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return {base::Code::kNotFound, "file_not_found", "no such file or folder"};
    case EACCES:
    case EPERM:
    case EROFS:
      return {base::Code::kPermissionDenied, "permission_denied",
              "the system does not allow it; check the owner and mode of the path"};
    case ENOSPC:
    case EDQUOT:
      return {base::Code::kUnavailable, "disk_full", "the disk is full; free some space"};
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
      return {base::Code::kFailedPrecondition, "file_in_the_way", "something else is at this path"};
    case ELOOP:
      return {base::Code::kFailedPrecondition, "symbolic_link",
              "the path goes through a symbolic link, which is not followed"};
    case ENAMETOOLONG:
      return {base::Code::kInvalidArgument, "path_too_long", "the path is too long"};
    case EMFILE:
    case ENFILE:
      return {base::Code::kUnavailable, "too_many_open_files",
              "too many files are open; raise the limit (ulimit -n)"};
    default:
      return {base::Code::kUnavailable, "disk_error", "the file system failed"};
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (is_open()) close(number_);
}

base::Error SystemError(int error_number, std::string_view doing, std::string path) {
  const Meaning meaning = MeaningOf(error_number);
  return base::Error(meaning.code, meaning.message,
                     {{"while", std::string(doing)},
                      {"path", std::move(path)},
                      {"system", std::generic_category().message(error_number)}})
      .WithReason(meaning.reason);
}

base::Result<void> WriteAll(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(errno, "writing", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

base::Result<void> Flush(int file, const std::string& path) {
  if (fdatasync(file) != 0) return SystemError(errno, "flushing to the disk", path);
  return {};
}

base::Result<void> FlushFolder(const std::string& path) {
  const FileDescriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return SystemError(errno, "opening a folder", path);
  return Flush(folder.number(), path);
}

base::Result<void> FlushFile(const std::filesystem::path& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return SystemError(errno, "opening a file", path.string());
  YARD_RETURN_IF_ERROR(Flush(file.number(), path.string()));
  return FlushFolder(path.has_parent_path() ? path.parent_path().string() : ".");
}

}  // namespace yard::storage
