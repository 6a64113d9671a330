#include "storage/data_folder.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

class DataFolderTest : public testing::Test {
 protected:
  fs::path path() const { return temporary_.path() / "data"; }
  static base::Error ErrorOf(const fs::path& path) {
    auto opened = DataFolder::Open(path, "1.0.0");
    return opened.ok() ? base::Error(base::Code::kUnknown, "it opened") : opened.error();
  }

  TemporaryFolder temporary_;
  base::ManualClock clock_{base::Millis(42)};
};

TEST_F(DataFolderTest, CreatesItsParts) {
  const auto folder = DataFolder::Open(path(), "1.0.0");
  ASSERT_TRUE(folder.ok()) << folder.error().ToString();
  for (const char* part : {"artifacts", "predictions", "cache"})
    EXPECT_TRUE(fs::is_directory(path() / part)) << part;
  EXPECT_EQ(folder->database_file(), fs::canonical(path()) / "modelyard.db");
}

TEST_F(DataFolderTest, OpensAgainAfterItWasClosed) {
  {
    ASSERT_TRUE(DataFolder::Open(path(), "1.0.0").ok());
  }
  EXPECT_TRUE(DataFolder::Open(path(), "1.0.0").ok());
}

TEST_F(DataFolderTest, NamesTheServerThatHasItOpen) {
  auto folder = DataFolder::Open(path(), "1.0.0");
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(ErrorOf(path()).detail("pid"), std::to_string(getpid()));
  ASSERT_TRUE(folder->Announce("http://127.0.0.1:5000", clock_).ok());
  const base::Error error = ErrorOf(path());
  EXPECT_EQ(error.code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(error.reason(), "data_folder_in_use");
  EXPECT_EQ(error.detail("pid"), std::to_string(getpid()));
  EXPECT_EQ(error.detail("address"), "http://127.0.0.1:5000");
}

TEST_F(DataFolderTest, AnnouncesTheServerUntilItCloses) {
  {
    auto folder = DataFolder::Open(path(), "1.0.0");
    ASSERT_TRUE(folder.ok());
    ASSERT_TRUE(folder->Announce("http://127.0.0.1:5000", clock_).ok());
    const auto info = ReadServerInfo(path());
    ASSERT_TRUE(info.ok());
    EXPECT_EQ(info->pid, getpid());
    EXPECT_EQ(info->address, "http://127.0.0.1:5000");
    EXPECT_EQ(info->version, "1.0.0");
    EXPECT_EQ(info->started, base::Millis(42));
  }
  EXPECT_EQ(ReadServerInfo(path()).error().code(), base::Code::kNotFound);
}

TEST_F(DataFolderTest, TakesOverFromAProcessThatWasKilled) {
  const pid_t child = fork();
  if (child == 0) {
    auto folder = DataFolder::Open(path(), "1.0.0");
    if (folder.ok()) static_cast<void>(folder->Announce("http://127.0.0.1:5000", clock_));
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_TRUE(ReadServerInfo(path()).ok());
  EXPECT_TRUE(DataFolder::Open(path(), "1.0.0").ok());
  EXPECT_FALSE(ReadServerInfo(path()).ok());
}

TEST_F(DataFolderTest, RefusesAFolderOfANewerProgram) {
  fs::create_directory(path());
  std::ofstream(path() / "FORMAT") << R"({"format": 999})";
  const base::Error error = ErrorOf(path());
  EXPECT_EQ(error.code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(error.reason(), "data_folder_too_new");
  EXPECT_FALSE(fs::exists(path() / "artifacts"));
}

TEST_F(DataFolderTest, RefusesADamagedFormatFile) {
  fs::create_directory(path());
  std::ofstream(path() / "FORMAT") << "{";
  EXPECT_EQ(ErrorOf(path()).code(), base::Code::kDataLoss);
}

TEST_F(DataFolderTest, RefusesAFileInTheWay) {
  std::ofstream(path()) << "x";
  EXPECT_EQ(ErrorOf(path()).reason(), "not_a_folder");
  EXPECT_EQ(ErrorOf(path() / "below").reason(), "not_a_folder");
}

TEST_F(DataFolderTest, RefusesAFileInTheWayOfAPart) {
  fs::create_directory(path());
  std::ofstream(path() / "artifacts") << "x";
  const base::Error error = ErrorOf(path());
  EXPECT_EQ(error.reason(), "not_a_folder");
  EXPECT_EQ(error.detail("path"), (fs::canonical(path()) / "artifacts").string());
}

TEST_F(DataFolderTest, RefusesAMissingParent) {
  EXPECT_EQ(ErrorOf(path() / "below").code(), base::Code::kNotFound);
}

TEST_F(DataFolderTest, SaysSoWhenTheFolderCannotBeWritten) {
  // Even the superuser may not create a folder there.
  const base::Error error = ErrorOf("/sys/modelyard-test");
  EXPECT_EQ(error.code(), base::Code::kPermissionDenied) << error.ToString();
}

}  // namespace
}  // namespace yard::storage
