#include "storage/contained_path.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace yard::storage {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

base::Result<FileDescriptor> OpenPart(int parent, const std::string& part, std::string_view path) {
  FileDescriptor folder(openat(parent, part.c_str(), kFolderFlags));
  if (!folder.is_open()) return SystemError(errno, "opening a folder", std::string(path));
  return folder;
}

base::Result<FileDescriptor> MakePart(int parent, const std::string& part, std::string_view path) {
  if (mkdirat(parent, part.c_str(), 0777) == 0) {
    YARD_RETURN_IF_ERROR(Flush(parent, std::string(path)));
  } else if (errno != EEXIST) {
    return SystemError(errno, "creating a folder", std::string(path));
  }
  return OpenPart(parent, part, path);
}

using Step = base::Result<FileDescriptor> (*)(int parent, const std::string& part,
                                              std::string_view path);

base::Result<FileDescriptor> Walk(int root, std::string_view path, Step step) {
  YARD_ASSIGN_OR_RETURN(FileDescriptor folder, OpenPart(root, ".", path));
  for (std::string_view rest = path; !rest.empty();) {
    const size_t slash = rest.find('/');
    YARD_ASSIGN_OR_RETURN(folder, step(folder.number(), std::string(rest.substr(0, slash)), path));
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  return folder;
}

}  // namespace

SplitPath SplitLast(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

base::Result<FileDescriptor> OpenFolderBelow(int root, std::string_view path) {
  return Walk(root, path, OpenPart);
}

base::Result<FileDescriptor> MakeFolderBelow(int root, std::string_view path) {
  return Walk(root, path, MakePart);
}

}  // namespace yard::storage
