#include "storage/data_folder.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json/reader.h"
#include "base/json/writer.h"
#include "storage/file_descriptor.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxSmallFile = 65'536;

base::Result<void> CreateFolder(const fs::path& path) {
  const fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (mkdir(path.c_str(), 0777) == 0) return FlushFolder(parent.string());
  const int error_number = errno;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return {};
  if (error_number == EEXIST || error_number == ENOTDIR) {
    return base::FailedPrecondition("a file is where a folder should be; move it away",
                                    {"path", path.string()})
        .WithReason("not_a_folder");
  }
  if (error_number == ENOENT) {
    return base::NotFound("the folder's parent does not exist; create it first",
                          {"path", path.string()})
        .WithReason("parent_not_found");
  }
  return SystemError(error_number, "creating a folder", path.string());
}

// Replaces a small file in one step, so that nobody reads half of it.
base::Result<void> ReplaceFile(const fs::path& path, std::string_view text) {
  const std::string draft = path.string() + ".new";
  FileDescriptor file(open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.is_open()) return SystemError(errno, "creating a file", draft);
  YARD_RETURN_IF_ERROR(WriteAll(file.number(), text, draft));
  YARD_RETURN_IF_ERROR(Flush(file.number(), draft));
  if (rename(draft.c_str(), path.c_str()) != 0)
    return SystemError(errno, "replacing a file", path.string());
  return {};
}

std::optional<std::string> ReadSmallFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMaxSmallFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

base::Result<int64_t> ReadFormat(const std::string& text) {
  int64_t format = 0;
  YARD_RETURN_IF_ERROR(base::json::Read(text, [&](base::json::Element root) {
    return root.ForEachField(
        [&](std::string_view key, base::json::Element value) -> base::Result<void> {
          if (key != "format") return {};
          YARD_ASSIGN_OR_RETURN(format, value.Integer());
          return {};
        });
  }));
  return format;
}

base::Result<void> WriteFormat(const fs::path& file, const std::string& version) {
  std::string text;
  base::json::Writer writer(text);
  writer.BeginObject();
  writer.Member("format", kDataFolderFormat).Member("written_by", version);
  writer.EndObject();
  return ReplaceFile(file, text + "\n");
}

base::Result<void> CheckFormat(const fs::path& folder, const std::string& version) {
  const fs::path file = folder / "FORMAT";
  const auto text = ReadSmallFile(file);
  if (!text) return WriteFormat(file, version);
  const auto format = ReadFormat(*text);
  if (!format.ok() || *format < 1) {
    return base::DataLoss("the data folder's FORMAT file is damaged; restore it from a backup",
                          {"path", file.string()});
  }
  if (*format > kDataFolderFormat) {
    return base::FailedPrecondition(
               "the data folder was written by a newer program: it has format " +
                   std::to_string(*format) + ", this program knows format " +
                   std::to_string(kDataFolderFormat) +
                   "; run the newer program or choose another folder",
               {"path", folder.string()})
        .WithReason("data_folder_too_new");
  }
  return {};
}

}  // namespace

/// Holds an exclusive lock on the file LOCK; the system lets go of it when the process dies.
class DataFolder::Lock {
 public:
  static base::Result<std::unique_ptr<Lock>> Take(const fs::path& folder) {
    const std::string path = (folder / "LOCK").string();
    FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file.is_open()) return SystemError(errno, "opening the lock file", path);
    if (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return InUse(folder);
      return SystemError(errno, "locking the data folder", path);
    }
    if (ftruncate(file.number(), 0) != 0) return SystemError(errno, "writing the lock file", path);
    YARD_RETURN_IF_ERROR(WriteAll(file.number(), std::to_string(getpid()) + "\n", path));
    return std::unique_ptr<Lock>(new Lock(std::move(file)));
  }

 private:
  explicit Lock(FileDescriptor file) : file_(std::move(file)) {}

  static base::Error InUse(const fs::path& folder) {
    ServerInfo holder;
    if (auto info = ReadServerInfo(folder); info.ok()) holder = *std::move(info);
    std::string pid = std::to_string(holder.pid);
    if (holder.pid == 0) {
      pid = ReadSmallFile(folder / "LOCK").value_or("");
      while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    }
    const std::string where = holder.address.empty() ? "" : " at " + holder.address;
    return base::FailedPrecondition("the data folder is in use by process " + pid + where +
                                        "; stop that server or choose another folder",
                                    {"path", folder.string()})
        .With({"pid", pid})
        .With({"address", holder.address})
        .WithReason("data_folder_in_use");
  }

  FileDescriptor file_;
};

base::Result<DataFolder> DataFolder::Open(const fs::path& path, std::string program_version) {
  YARD_RETURN_IF_ERROR(CreateFolder(path));
  std::error_code failure;
  const fs::path real = fs::canonical(path, failure);
  if (failure) return SystemError(failure.value(), "opening the data folder", path.string());
  YARD_ASSIGN_OR_RETURN(auto lock, Lock::Take(real));
  YARD_RETURN_IF_ERROR(CheckFormat(real, program_version));
  DataFolder folder(real, std::move(program_version), std::move(lock));
  for (const fs::path& part : {folder.artifacts(), folder.predictions(), folder.cache()})
    YARD_RETURN_IF_ERROR(CreateFolder(part));
  fs::remove(real / "server.json", failure);  // of a process that was killed
  return folder;
}

DataFolder::DataFolder(fs::path path, std::string version, std::unique_ptr<Lock> lock)
    : path_(std::move(path)), version_(std::move(version)), lock_(std::move(lock)) {}

DataFolder::DataFolder(DataFolder&&) noexcept = default;
DataFolder& DataFolder::operator=(DataFolder&&) noexcept = default;

DataFolder::~DataFolder() {
  if (lock_ == nullptr) return;
  std::error_code ignored;
  fs::remove(path_ / "server.json", ignored);
}

base::Result<void> DataFolder::Announce(std::string_view address, const base::Clock& clock) {
  std::string text;
  base::json::Writer writer(text);
  writer.BeginObject();
  writer.Member("pid", getpid()).Member("address", address).Member("version", version_);
  writer.Member("started", clock.Now().value);
  writer.EndObject();
  return ReplaceFile(path_ / "server.json", text + "\n");
}

base::Result<ServerInfo> ReadServerInfo(const fs::path& folder) {
  const fs::path file = folder / "server.json";
  const auto text = ReadSmallFile(file);
  if (!text) {
    return base::NotFound("no server runs on this data folder; start one with modelyard up",
                          {"path", file.string()})
        .WithReason("server_not_running");
  }
  ServerInfo info;
  const auto read_field = [&info](std::string_view key,
                                  base::json::Element value) -> base::Result<void> {
    if (key == "pid") {
      YARD_ASSIGN_OR_RETURN(info.pid, value.Integer());
    } else if (key == "address") {
      YARD_ASSIGN_OR_RETURN(info.address, value.String());
    } else if (key == "version") {
      YARD_ASSIGN_OR_RETURN(info.version, value.String());
    } else if (key == "started") {
      YARD_ASSIGN_OR_RETURN(info.started.value, value.Integer());
    }
    return {};
  };
  const auto outcome = base::json::Read(
      *text, [&](base::json::Element root) { return root.ForEachField(read_field); });
  if (!outcome.ok())
    return base::DataLoss("server.json is damaged; start the server again",
                          {"path", file.string()});
  return info;
}

}  // namespace yard::storage
