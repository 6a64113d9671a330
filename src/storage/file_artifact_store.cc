#include "storage/file_artifact_store.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/artifact_upload.h"
#include "storage/contained_path.h"
#include "storage/file_descriptor.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

base::Error NoSuchArtifact(std::string_view path) {
  return base::NotFound("no such artifact", {"path", std::string(path)})
      .WithReason("artifact_not_found");
}

// A file where a folder would have to be, or a link, means that nothing is there to be read.
bool IsAbsence(const base::Error& error) {
  return error.code() == base::Code::kNotFound || error.code() == base::Code::kFailedPrecondition;
}

base::Error AsAbsence(base::Error error, std::string_view path) {
  return IsAbsence(error) ? NoSuchArtifact(path) : std::move(error);
}

class FileArtifactReader final : public ArtifactReader {
 public:
  FileArtifactReader(FileDescriptor file, uint64_t size_bytes, std::string local_path)
      : file_(std::move(file)), size_bytes_(size_bytes), local_path_(std::move(local_path)) {}

  uint64_t size_bytes() const override { return size_bytes_; }
  std::optional<std::string> local_path() const override { return local_path_; }

  base::Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) const override {
    size_t total = 0;
    while (total < buffer.size() && offset + total < size_bytes_) {
      const ssize_t got = pread(file_.number(), buffer.data() + total, buffer.size() - total,
                                static_cast<off_t>(offset + total));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError(errno, "reading an artifact", local_path_);
      if (got == 0) break;
      total += static_cast<size_t>(got);
    }
    return total;
  }

 private:
  FileDescriptor file_;
  uint64_t size_bytes_;
  std::string local_path_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

/// What `name` in an open folder is: nothing for links, devices and what is not there.
std::optional<ArtifactInfo> InfoAt(int folder, const std::string& name, std::string path) {
  struct stat state{};
  if (fstatat(folder, name.c_str(), &state, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (S_ISDIR(state.st_mode)) return ArtifactInfo{std::move(path), true, 0};
  if (!S_ISREG(state.st_mode)) return std::nullopt;
  return ArtifactInfo{std::move(path), false, static_cast<uint64_t>(state.st_size)};
}

/// The entries of an open folder; `prefix` is its path with a slash at the end, or "".
base::Result<std::vector<ArtifactInfo>> ReadFolder(FileDescriptor folder,
                                                   const std::string& prefix) {
  const int number = fcntl(folder.number(), F_DUPFD_CLOEXEC, 0);
  const std::unique_ptr<DIR, CloseFolder> entries(number < 0 ? nullptr : fdopendir(number));
  if (entries == nullptr) return SystemError(errno, "listing a folder", prefix);
  std::vector<ArtifactInfo> found;
  while (const dirent* entry = readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (prefix.empty() && name == kIncomingFolder) continue;
    if (auto info = InfoAt(folder.number(), name, prefix + name)) found.push_back(*std::move(info));
    if (found.size() <= kMaxArtifactEntries) continue;
    return base::ResourceExhausted("the folder has too many entries to list", {"path", prefix},
                                   {"limit", std::to_string(kMaxArtifactEntries)});
  }
  std::sort(found.begin(), found.end(),
            [](const ArtifactInfo& a, const ArtifactInfo& b) { return a.path < b.path; });
  return found;
}

class FileArtifactStore final : public ArtifactStore {
 public:
  explicit FileArtifactStore(std::shared_ptr<const StoreFolders> folders)
      : folders_(std::move(folders)) {}

  base::Result<std::unique_ptr<ArtifactWriter>> Create(std::string_view path) override {
    YARD_ASSIGN_OR_RETURN(std::string checked, CheckEntry(path));
    YARD_ASSIGN_OR_RETURN(const auto existing, Find(checked));
    if (existing && existing->is_folder) {
      return base::FailedPrecondition("a folder is where the artifact should be", {"path", checked})
          .WithReason("file_in_the_way");
    }
    return BeginUpload(folders_, std::move(checked));
  }

  base::Result<std::unique_ptr<ArtifactReader>> Open(std::string_view path) override {
    YARD_ASSIGN_OR_RETURN(const std::string checked, CheckEntry(path));
    const SplitPath split = SplitLast(checked);
    auto folder = OpenFolderBelow(root(), split.folder);
    if (!folder.ok()) return AsAbsence(std::move(folder).error(), checked);
    FileDescriptor file(openat(folder->number(), std::string(split.name).c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.is_open())
      return AsAbsence(SystemError(errno, "opening an artifact", checked), checked);
    struct stat state{};
    if (fstat(file.number(), &state) != 0)
      return SystemError(errno, "opening an artifact", checked);
    if (!S_ISREG(state.st_mode)) return NoSuchArtifact(checked);
    return std::make_unique<FileArtifactReader>(
        std::move(file), static_cast<uint64_t>(state.st_size), folders_->root_path + "/" + checked);
  }

  base::Result<std::optional<ArtifactInfo>> Find(std::string_view path) override {
    YARD_ASSIGN_OR_RETURN(const std::string checked, CheckAny(path));
    if (checked.empty()) return std::optional(ArtifactInfo{"", true, 0});
    const SplitPath split = SplitLast(checked);
    const auto folder = OpenFolderBelow(root(), split.folder);
    if (!folder.ok() && IsAbsence(folder.error())) return std::optional<ArtifactInfo>();
    if (!folder.ok()) return folder.error();
    return InfoAt(folder->number(), std::string(split.name), checked);
  }

  base::Result<std::vector<ArtifactInfo>> List(std::string_view path) override {
    YARD_ASSIGN_OR_RETURN(const std::string checked, CheckAny(path));
    auto folder = OpenFolderBelow(root(), checked);
    if (!folder.ok() && IsAbsence(folder.error())) return std::vector<ArtifactInfo>();
    if (!folder.ok()) return std::move(folder).error();
    return ReadFolder(*std::move(folder), checked.empty() ? "" : checked + "/");
  }

  base::Result<void> Delete(std::string_view path) override {
    YARD_ASSIGN_OR_RETURN(const std::string checked, CheckEntry(path));
    const SplitPath split = SplitLast(checked);
    auto folder = OpenFolderBelow(root(), split.folder);
    if (!folder.ok()) return AsAbsence(std::move(folder).error(), checked);
    const std::string name(split.name);
    const auto info = InfoAt(folder->number(), name, checked);
    if (!info) return NoSuchArtifact(checked);
    if (info->is_folder) return RemoveFolder(*folders_, folder->number(), name);
    if (unlinkat(folder->number(), name.c_str(), 0) != 0)
      return AsAbsence(SystemError(errno, "removing an artifact", checked), checked);
    return Flush(folder->number(), checked);
  }

 private:
  int root() const { return folders_->root.number(); }

  static base::Result<std::string> CheckAny(std::string_view path) {
    YARD_ASSIGN_OR_RETURN(std::string checked, CheckArtifactPath(path));
    if (checked == kIncomingFolder || checked.starts_with(".incoming/")) {
      return base::InvalidArgument("the name .incoming is kept for the store itself",
                                   {"path", checked})
          .WithReason("invalid_artifact_path");
    }
    return checked;
  }

  static base::Result<std::string> CheckEntry(std::string_view path) {
    YARD_ASSIGN_OR_RETURN(std::string checked, CheckAny(path));
    if (!checked.empty()) return checked;
    return base::InvalidArgument("the path of an artifact is missing", {"path", ""})
        .WithReason("invalid_artifact_path");
  }

  std::shared_ptr<const StoreFolders> folders_;
};

base::Result<FileDescriptor> OpenRoot(const fs::path& root) {
  if (mkdir(root.c_str(), 0777) != 0 && errno != EEXIST)
    return SystemError(errno, "creating the artifact folder", root.string());
  FileDescriptor folder(open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return SystemError(errno, "opening the artifact folder", root.string());
  return folder;
}

}  // namespace

base::Result<std::unique_ptr<ArtifactStore>> OpenFileArtifactStore(const fs::path& root) {
  YARD_ASSIGN_OR_RETURN(FileDescriptor folder, OpenRoot(root));
  YARD_ASSIGN_OR_RETURN(FileDescriptor incoming, MakeFolderBelow(folder.number(), kIncomingFolder));
  std::error_code failure;
  const fs::path real = fs::canonical(root, failure);
  if (failure) return SystemError(failure.value(), "opening the artifact folder", root.string());
  auto folders = std::make_shared<const StoreFolders>(
      StoreFolders{real.string(), std::move(folder), std::move(incoming)});
  RemoveLeftovers(*folders);
  return std::make_unique<FileArtifactStore>(std::move(folders));
}

}  // namespace yard::storage
