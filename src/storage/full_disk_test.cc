// The database and the artifact store on a small file system that really runs full. Needs the right
// to mount one; skipped elsewhere (sqlite_fault_test.cc plays the same faults without it).

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include "storage/data_folder.h"
#include "storage/file_artifact_store.h"
#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (mount("tmpfs", disk().c_str(), "tmpfs", 0, "size=4m") == 0) {
      mounted_ = true;
      return;
    }
    GTEST_SKIP() << "no right to mount a small file system: " << std::strerror(errno);
  }
  void TearDown() override {
    if (mounted_) umount2(disk().c_str(), MNT_DETACH);
  }

  const fs::path& disk() const { return folder_.path(); }
  fs::path filler() const { return disk() / "filler"; }

  // Takes all the space that is left.
  void Fill() {
    std::ofstream file(filler(), std::ios::binary);
    const std::string piece(4096, 'f');
    while (file.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
    }
  }

  TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST_F(FullDiskTest, LetsTheDatabaseFailClearlyAndGoOnWhenThereIsSpaceAgain) {
  auto database = OpenSqlite(disk() / "test.db").value();
  const auto insert = [&](size_t size) {
    return database->Write([&](Transaction& transaction) {
      return transaction.Run("INSERT INTO item (body) VALUES (?)", std::string(size, 'b'));
    });
  };
  const auto count = [&] {
    const auto row = database->Read(
        [](Snapshot& snapshot) { return snapshot.QueryOne("SELECT count(*) FROM item"); });
    return row.ok() ? (*row)->Integer(0) : -1;
  };
  ASSERT_TRUE(database
                  ->Write([](Transaction& transaction) {
                    return transaction.RunScript(
                        "CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)");
                  })
                  .ok());
  Fill();
  int64_t acknowledged = 0;
  base::Result<int64_t> outcome = insert(2'000);
  for (; outcome.ok(); outcome = insert(2'000)) ++acknowledged;
  EXPECT_EQ(outcome.error().code(), base::Code::kUnavailable) << outcome.error().ToString();
  EXPECT_EQ(outcome.error().reason(), "disk_full") << outcome.error().ToString();
  EXPECT_EQ(count(), acknowledged);
  fs::remove(filler());
  EXPECT_TRUE(insert(2'000).ok());
  EXPECT_EQ(count(), acknowledged + 1);
}

TEST_F(FullDiskTest, LeavesNothingOfAnArtifactThatDidNotFit) {
  const auto store = OpenFileArtifactStore(disk() / "artifacts").value();
  ASSERT_TRUE(PutArtifact(*store, "a", "old").ok());
  const auto stored = PutArtifact(*store, "a", std::string(8'000'000, 'x'));
  ASSERT_FALSE(stored.ok());
  EXPECT_EQ(stored.error().code(), base::Code::kUnavailable);
  EXPECT_EQ(stored.error().reason(), "disk_full");
  EXPECT_EQ(ReadArtifact(*store, "a").value(), "old");
  EXPECT_TRUE(PutArtifact(*store, "a", std::string(3'000'000, 'y')).ok());
}

TEST_F(FullDiskTest, RefusesToOpenADataFolderThatItCannotPrepare) {
  Fill();
  const auto opened = DataFolder::Open(disk() / "data", "1.0.0");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason(), "disk_full") << opened.error().ToString();
}

}  // namespace
}  // namespace yard::storage
