#include "storage/artifact_upload.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"
#include "storage/contained_path.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUploadPrefix = "upload-";
constexpr std::string_view kRemovalPrefix = "removal-";
constexpr int kRandomBytes = 12;

struct UploadFile {
  FileDescriptor file;
  std::string name;
};

bool HasName(int file) {
  struct stat state{};
  return fstat(file, &state) == 0 && state.st_nlink > 0;
}

// A clean-up of another process may take the new file away before it is locked; then try again.
base::Result<UploadFile> CreateUploadFile(const StoreFolders& folders) {
  for (;;) {
    std::string name = std::string(kUploadPrefix) + base::RandomHex(kRandomBytes);
    FileDescriptor file(openat(folders.incoming.number(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.is_open())
      return SystemError(errno, "creating a file for the upload", folders.root_path);
    // File systems without locks keep leftovers, nothing worse.
    static_cast<void>(flock(file.number(), LOCK_EX | LOCK_NB));
    if (HasName(file.number())) return UploadFile{std::move(file), std::move(name)};
  }
}

class FileArtifactWriter final : public ArtifactWriter {
 public:
  FileArtifactWriter(std::shared_ptr<const StoreFolders> folders, std::string path,
                     UploadFile upload)
      : folders_(std::move(folders)), path_(std::move(path)), upload_(std::move(upload)) {}

  ~FileArtifactWriter() override {
    if (!committed_) unlinkat(folders_->incoming.number(), upload_.name.c_str(), 0);
  }

  base::Result<void> Write(std::string_view piece) override {
    digest_.Update(piece);
    size_bytes_ += piece.size();
    return WriteAll(upload_.file.number(), piece, path_);
  }

  base::Result<StoredArtifact> Commit() override {
    YARD_RETURN_IF_ERROR(Flush(upload_.file.number(), path_));
    const SplitPath split = SplitLast(path_);
    YARD_ASSIGN_OR_RETURN(const FileDescriptor folder,
                          MakeFolderBelow(folders_->root.number(), split.folder));
    if (renameat(folders_->incoming.number(), upload_.name.c_str(), folder.number(),
                 std::string(split.name).c_str()) != 0)
      return SystemError(errno, "putting the upload in its place", path_);
    committed_ = true;
    YARD_RETURN_IF_ERROR(Flush(folder.number(), path_));
    return StoredArtifact{size_bytes_, digest_.HexDigest()};
  }

 private:
  std::shared_ptr<const StoreFolders> folders_;
  std::string path_;
  UploadFile upload_;
  base::Sha256 digest_;
  uint64_t size_bytes_ = 0;
  bool committed_ = false;
};

void RemoveDeadUpload(const StoreFolders& folders, const std::string& name) {
  const FileDescriptor file(openat(folders.incoming.number(), name.c_str(),
                                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open() || flock(file.number(), LOCK_EX | LOCK_NB) != 0) return;
  unlinkat(folders.incoming.number(), name.c_str(), 0);
}

fs::path IncomingPath(const StoreFolders& folders) {
  return fs::path(folders.root_path) / kIncomingFolder;
}

}  // namespace

base::Result<std::unique_ptr<ArtifactWriter>> BeginUpload(
    std::shared_ptr<const StoreFolders> folders, std::string path) {
  YARD_ASSIGN_OR_RETURN(UploadFile upload, CreateUploadFile(*folders));
  return std::make_unique<FileArtifactWriter>(std::move(folders), std::move(path),
                                              std::move(upload));
}

void RemoveLeftovers(const StoreFolders& folders) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(IncomingPath(folders), ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kUploadPrefix)) RemoveDeadUpload(folders, name);
    if (name.starts_with(kRemovalPrefix)) fs::remove_all(entry.path(), ignored);
  }
}

base::Result<void> RemoveFolder(const StoreFolders& folders, int parent, const std::string& name) {
  const std::string hidden = std::string(kRemovalPrefix) + base::RandomHex(kRandomBytes);
  if (renameat(parent, name.c_str(), folders.incoming.number(), hidden.c_str()) != 0)
    return SystemError(errno, "removing a folder", name);
  YARD_RETURN_IF_ERROR(Flush(parent, name));
  std::error_code ignored;  // what cannot be removed now is tried again at the next open
  fs::remove_all(IncomingPath(folders) / hidden, ignored);
  return {};
}

}  // namespace yard::storage
