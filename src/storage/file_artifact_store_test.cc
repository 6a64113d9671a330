#include "storage/file_artifact_store.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/artifact_store_conformance.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

namespace fs = std::filesystem;

class FileFixture final : public ArtifactStoreFixture {
 public:
  std::unique_ptr<ArtifactStore> Create() override {
    return OpenFileArtifactStore(folder_.path() / std::to_string(++count_)).value();
  }

 private:
  TemporaryFolder folder_;
  int count_ = 0;
};

std::unique_ptr<ArtifactStoreFixture> MakeFileFixture() { return std::make_unique<FileFixture>(); }

INSTANTIATE_TEST_SUITE_P(Files, ArtifactStoreConformance, testing::Values(&MakeFileFixture));

class FileArtifactStoreTest : public testing::Test {
 protected:
  fs::path root() const { return folder_.path() / "artifacts"; }
  std::unique_ptr<ArtifactStore> Open() const { return OpenFileArtifactStore(root()).value(); }
  size_t IncomingCount() const {
    const auto entries = fs::directory_iterator(root() / ".incoming");
    return static_cast<size_t>(std::distance(fs::begin(entries), fs::end(entries)));
  }

  TemporaryFolder folder_;
};

TEST_F(FileArtifactStoreTest, KeepsTheLayoutOnDisk) {
  const auto store = Open();
  ASSERT_TRUE(PutArtifact(*store, "1/run/artifacts/model/MLmodel", "flavors:").ok());
  std::string text;
  std::getline(std::ifstream(root() / "1/run/artifacts/model/MLmodel"), text);
  EXPECT_EQ(text, "flavors:");
  const auto reader = store->Open("1/run/artifacts/model/MLmodel").value();
  EXPECT_EQ(reader->local_path(),
            (fs::canonical(root()) / "1/run/artifacts/model/MLmodel").string());
}

TEST_F(FileArtifactStoreTest, FollowsNoSymbolicLink) {
  const auto store = Open();
  std::ofstream(folder_.path() / "secret") << "secret";
  fs::create_symlink(folder_.path() / "secret", root() / "link");
  fs::create_directory_symlink(folder_.path(), root() / "outside");
  EXPECT_EQ(store->Open("link").error().code(), base::Code::kNotFound);
  EXPECT_EQ(store->Open("outside/secret").error().code(), base::Code::kNotFound);
  EXPECT_EQ(store->Find("link").value(), std::nullopt);
  EXPECT_TRUE(store->List("").value().empty());
  EXPECT_TRUE(store->List("outside").value().empty());
  EXPECT_EQ(store->Delete("outside/secret").error().code(), base::Code::kNotFound);
  EXPECT_FALSE(PutArtifact(*store, "outside/planted", "x").ok());
  EXPECT_TRUE(fs::exists(folder_.path() / "secret"));
  EXPECT_FALSE(fs::exists(folder_.path() / "planted"));
}

TEST_F(FileArtifactStoreTest, ReplacesALinkInsteadOfWritingThroughIt) {
  const auto store = Open();
  std::ofstream(folder_.path() / "victim") << "untouched";
  fs::create_symlink(folder_.path() / "victim", root() / "link");
  ASSERT_TRUE(PutArtifact(*store, "link", "mine").ok());
  std::string text;
  std::getline(std::ifstream(folder_.path() / "victim"), text);
  EXPECT_EQ(text, "untouched");
  EXPECT_EQ(ReadArtifact(*store, "link").value(), "mine");
}

TEST_F(FileArtifactStoreTest, DoesNotHangOnAPipe) {
  const auto store = Open();
  ASSERT_EQ(mkfifo((root() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(store->Open("pipe").error().code(), base::Code::kNotFound);
}

TEST_F(FileArtifactStoreTest, LeavesNoFileOfAnAbandonedUpload) {
  const auto store = Open();
  {
    const auto writer = store->Create("a").value();
    ASSERT_TRUE(writer->Write("half").ok());
    EXPECT_EQ(IncomingCount(), 1U);
  }
  EXPECT_EQ(IncomingCount(), 0U);
}

TEST_F(FileArtifactStoreTest, RemovesWhatAKilledProcessLeftButNoLiveUpload) {
  const auto store = Open();
  const auto live = store->Create("live").value();
  ASSERT_TRUE(live->Write("alive").ok());
  const pid_t child = fork();
  if (child == 0) {
    auto writer = OpenFileArtifactStore(root()).value()->Create("dead").value();
    static_cast<void>(writer->Write("half"));
    kill(getpid(), SIGKILL);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  fs::create_directories(root() / ".incoming/removal-1/deep");
  EXPECT_EQ(IncomingCount(), 3U);
  const auto reopened = Open();
  EXPECT_EQ(IncomingCount(), 1U);
  ASSERT_TRUE(live->Commit().ok());
  EXPECT_EQ(ReadArtifact(*reopened, "live").value(), "alive");
}

TEST_F(FileArtifactStoreTest, KeepsItsOwnFolderToItself) {
  const auto store = Open();
  EXPECT_EQ(store->List(".incoming").error().reason(), "invalid_artifact_path");
  EXPECT_EQ(store->Create(".incoming/x").error().reason(), "invalid_artifact_path");
  EXPECT_TRUE(store->List("").value().empty());
  EXPECT_TRUE(PutArtifact(*store, "run/.incoming", "only the first part is kept").ok());
}

TEST_F(FileArtifactStoreTest, SaysWhatIsWrongWithItsRoot) {
  EXPECT_EQ(OpenFileArtifactStore(root() / "below").error().code(), base::Code::kNotFound);
  std::ofstream(root()) << "x";
  EXPECT_EQ(OpenFileArtifactStore(root()).error().code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(OpenFileArtifactStore("/sys/modelyard-test").error().code(),
            base::Code::kPermissionDenied);
}

TEST_F(FileArtifactStoreTest, OutlivesItsStoreWhileAnUploadRuns) {
  auto store = Open();
  auto writer = store->Create("a").value();
  store.reset();
  ASSERT_TRUE(writer->Write("x").ok());
  EXPECT_TRUE(writer->Commit().ok());
}

}  // namespace
}  // namespace yard::storage
