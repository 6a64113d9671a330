// The database on a disk that fails or loses its power, played by an SQLite file system of our own.

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

constexpr const char* kVfsName = "faulty";
constexpr size_t kSector = 512;

/// What one file holds for sure, and what was written since its last flush.
struct DiskFile {
  struct Pending {
    size_t offset = 0;
    std::string bytes;
    bool is_truncation = false;  // to `offset`
  };
  std::string flushed;
  std::vector<Pending> pending;

  static void Apply(std::string& image, const Pending& operation, size_t size) {
    if (operation.is_truncation) {
      image.resize(operation.offset);
      return;
    }
    image.resize(std::max(image.size(), operation.offset + size));
    image.replace(operation.offset, size, operation.bytes, 0, size);
  }
  void Flush() {
    for (const Pending& operation : pending) Apply(flushed, operation, operation.bytes.size());
    pending.clear();
  }
};

/// A disk whose writes and flushes can be made to fail, and whose power can be cut: then every
/// write that was not flushed is there, missing, or cut off after some sectors, by chance.
class FaultyDisk {
 public:
  enum class Fault { kNone, kFull, kWriteError, kFlushError };

  FaultyDisk();
  ~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  void Break(Fault fault) { fault_ = fault; }
  void Repair() { fault_ = Fault::kNone; }

  /// The files as they may be after a power cut now, written into `folder`.
  void CutPower(const std::filesystem::path& folder, std::mt19937& random) {
    std::lock_guard lock(mutex_);
    for (const auto& [path, file] : files_) {
      const std::string image = ImageAfterCut(file, random);
      std::ofstream(folder / std::filesystem::path(path).filename(), std::ios::binary) << image;
    }
  }

  // What the file system functions below report.
  int OnWrite(const std::string& path, const void* bytes, int size, sqlite3_int64 offset) {
    if (fault_ == Fault::kFull) return SQLITE_FULL;
    if (fault_ == Fault::kWriteError) return SQLITE_IOERR_WRITE;
    std::lock_guard lock(mutex_);
    files_[path].pending.push_back(
        {static_cast<size_t>(offset),
         std::string(static_cast<const char*>(bytes), static_cast<size_t>(size)), false});
    return SQLITE_OK;
  }
  void OnTruncate(const std::string& path, sqlite3_int64 size) {
    std::lock_guard lock(mutex_);
    files_[path].pending.push_back({static_cast<size_t>(size), {}, true});
  }
  int OnFlush(const std::string& path) {
    if (fault_ == Fault::kFlushError) return SQLITE_IOERR_FSYNC;
    std::lock_guard lock(mutex_);
    files_[path].Flush();
    return SQLITE_OK;
  }
  void OnDelete(const std::string& path) {
    std::lock_guard lock(mutex_);
    files_.erase(path);
  }

  sqlite3_vfs* real() const { return real_; }

 private:
  static std::string ImageAfterCut(const DiskFile& file, std::mt19937& random) {
    std::string image = file.flushed;
    for (const DiskFile::Pending& operation : file.pending) {
      const size_t sectors = (operation.bytes.size() + kSector - 1) / kSector;
      const size_t arrived = std::uniform_int_distribution<size_t>(0, sectors)(random);
      if (arrived == 0 && random() % 2 == 0) continue;
      DiskFile::Apply(image, operation, std::min(operation.bytes.size(), arrived * kSector));
    }
    return image;
  }

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_;
  std::atomic<Fault> fault_{Fault::kNone};
  std::mutex mutex_;
  std::map<std::string, DiskFile> files_;
};

// SQLite's file interface in C: our part first, the real file behind it.
struct FaultyFile {
  sqlite3_file base;
  FaultyDisk* disk;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultyFile* Ours(sqlite3_file* file) { return reinterpret_cast<FaultyFile*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Ours(file)->real(); }

int Close(sqlite3_file* file) {
  const int code = Real(file)->pMethods->xClose(Real(file));
  delete Ours(file)->path;
  return code;
}
int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), bytes, size, offset);
}
int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = Ours(file)->disk->OnWrite(*Ours(file)->path, bytes, size, offset);
  if (code != SQLITE_OK) return code;
  return Real(file)->pMethods->xWrite(Real(file), bytes, size, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  Ours(file)->disk->OnTruncate(*Ours(file)->path, size);
  return Real(file)->pMethods->xTruncate(Real(file), size);
}
int Sync(sqlite3_file* file, int) { return Ours(file)->disk->OnFlush(*Ours(file)->path); }
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* taken) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), taken);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file*) { return static_cast<int>(kSector); }
int DeviceCharacteristics(sqlite3_file*) { return 0; }
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

const sqlite3_io_methods kMethods = {
    2,
    Close,
    Read,
    Write,
    Truncate,
    Sync,
    FileSize,
    Lock,
    Unlock,
    CheckReservedLock,
    FileControl,
    SectorSize,
    DeviceCharacteristics,
    ShmMap,
    ShmLock,
    ShmBarrier,
    ShmUnmap,
    nullptr,
    nullptr,
};

FaultyDisk* DiskOf(sqlite3_vfs* vfs) { return static_cast<FaultyDisk*>(vfs->pAppData); }

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  FaultyDisk* const disk = DiskOf(vfs);
  FaultyFile* const ours = Ours(file);
  ours->base.pMethods = nullptr;
  const int code = disk->real()->xOpen(disk->real(), path, ours->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  ours->disk = disk;
  ours->path = new std::string(path == nullptr ? "" : path);
  ours->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  DiskOf(vfs)->OnDelete(path);
  return DiskOf(vfs)->real()->xDelete(DiskOf(vfs)->real(), path, sync_folder);
}

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_ = *real_;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultyFile)) + real_->szOsFile;
  vfs_.zName = kVfsName;
  vfs_.pAppData = this;
  vfs_.xOpen = Open;
  vfs_.xDelete = Delete;
  sqlite3_vfs_register(&vfs_, 0);
}

class SqliteFaultTest : public testing::Test {
 protected:
  std::unique_ptr<Database> OpenOnFaultyDisk() {
    SqliteOptions options;
    options.vfs_name = kVfsName;
    auto database = OpenSqlite(folder_.path() / "test.db", options).value();
    const auto outcome = database->Write([](Transaction& transaction) {
      return transaction.RunScript(
          "CREATE TABLE item (id INTEGER PRIMARY KEY, half INT, body TEXT) STRICT");
    });
    EXPECT_TRUE(outcome.ok());
    return database;
  }

  static base::Result<void> Insert(Database& database, int64_t id, size_t body_size = 10) {
    return database.Write([&](Transaction& transaction) -> base::Result<void> {
      const std::string body(body_size, 'b');
      const char* sql = "INSERT INTO item VALUES (?, ?, ?)";
      YARD_RETURN_IF_ERROR(transaction.Run(sql, 2 * id, 1, body));
      YARD_RETURN_IF_ERROR(transaction.Run(sql, 2 * id + 1, 2, body));
      return {};
    });
  }

  static std::multiset<int64_t> Items(Database& database) {
    std::multiset<int64_t> ids;
    const auto outcome = database.Read([&ids](Snapshot& snapshot) {
      return snapshot.ForEach("SELECT id / 2 FROM item",
                              [&ids](const Row& row) -> base::Result<void> {
                                ids.insert(row.Integer(0));
                                return {};
                              });
    });
    EXPECT_TRUE(outcome.ok()) << outcome.error().ToString();
    return ids;
  }

  TemporaryFolder folder_;
  FaultyDisk disk_;
};

TEST_F(SqliteFaultTest, UndoesTheGroupAndGoesOnAfterEveryKindOfFault) {
  struct Case {
    FaultyDisk::Fault fault;
    const char* reason;
  };
  const Case cases[] = {{FaultyDisk::Fault::kFull, "disk_full"},
                        {FaultyDisk::Fault::kWriteError, "disk_error"},
                        {FaultyDisk::Fault::kFlushError, "disk_error"}};
  auto database = OpenOnFaultyDisk();
  int64_t id = 0;
  std::multiset<int64_t> expected;
  for (const Case& c : cases) {
    disk_.Break(c.fault);
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto outcome = Insert(*database, 1'000 + id);
      ASSERT_FALSE(outcome.ok()) << c.reason;
      EXPECT_EQ(outcome.error().code(), base::Code::kUnavailable);
      EXPECT_EQ(outcome.error().reason(), c.reason);
    }
    EXPECT_EQ(Items(*database), expected);
    disk_.Repair();
    ASSERT_TRUE(Insert(*database, ++id).ok()) << c.reason;
    expected.insert({id, id});
    EXPECT_EQ(Items(*database), expected);
  }
  database.reset();
  database = OpenSqlite(folder_.path() / "test.db").value();
  EXPECT_EQ(Items(*database), expected);
}

TEST_F(SqliteFaultTest, FailsLargeTransactionsThatSpillBeforeTheCommit) {
  auto database = OpenOnFaultyDisk();
  disk_.Break(FaultyDisk::Fault::kFull);
  EXPECT_EQ(Insert(*database, 1, 20'000'000).error().reason(), "disk_full");
  disk_.Repair();
  ASSERT_TRUE(Insert(*database, 2).ok());
  EXPECT_EQ(Items(*database), (std::multiset<int64_t>{2, 2}));
}

TEST_F(SqliteFaultTest, KeepsEveryAcknowledgedWriteThroughPowerCuts) {
  constexpr int kWriters = 8;
  constexpr int kWritesEach = 150;  // of 2 × 4 KB: the log is checkpointed several times
  constexpr int kCuts = 25;
  auto database = OpenOnFaultyDisk();
  std::mutex mutex;
  std::set<int64_t> acknowledged;
  std::atomic<int> running{kWriters};
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kWritesEach; ++i) {
        const int64_t id = i * kWriters + writer;
        EXPECT_TRUE(Insert(*database, id, 4'000).ok());
        std::lock_guard lock(mutex);
        acknowledged.insert(id);
      }
      --running;
    });
  }
  std::mt19937 random(7);  // NOLINT: the same damage every time
  size_t seen = 0;
  for (int cut = 0; cut < kCuts; ++cut) {
    const size_t wanted = static_cast<size_t>(cut) * kWriters * kWritesEach / kCuts;
    std::set<int64_t> before;
    while (before.size() <= wanted && running > 0) {
      std::lock_guard lock(mutex);
      before = acknowledged;
    }
    const TemporaryFolder after;
    disk_.CutPower(after.path(), random);
    auto survivor = OpenSqlite(after.path() / "test.db");
    ASSERT_TRUE(survivor.ok()) << survivor.error().ToString();
    const auto items = Items(**survivor);
    for (const int64_t id : before) ASSERT_EQ(items.count(id), 2U) << id << " after cut " << cut;
    for (const int64_t id : items) ASSERT_EQ(items.count(id), 2U) << "half of " << id;
    seen = items.size();
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace yard::storage
