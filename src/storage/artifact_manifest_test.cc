#include "storage/artifact_manifest.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "storage/file_artifact_store.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

class ArtifactManifestTest : public testing::Test {
 protected:
  void Put(std::string_view path, std::string_view bytes) {
    ASSERT_TRUE(PutArtifact(*store_, path, bytes).ok());
  }
  ArtifactManifest Make(std::string_view folder) { return MakeManifest(*store_, folder).value(); }

  TemporaryFolder folder_;
  std::unique_ptr<ArtifactStore> store_ = OpenFileArtifactStore(folder_.path() / "store").value();
};

TEST_F(ArtifactManifestTest, NamesEveryFileWithItsDigest) {
  Put("m/MLmodel", "abc");
  Put("m/data/x", "");
  const ArtifactManifest manifest = Make("m");
  ASSERT_EQ(manifest.entries.size(), 2U);
  EXPECT_EQ(manifest.entries[0], (ManifestEntry{"MLmodel", 3, base::Sha256Hex("abc")}));
  EXPECT_EQ(manifest.entries[1], (ManifestEntry{"data/x", 0, base::Sha256Hex("")}));
  EXPECT_EQ(manifest.size_bytes(), 3U);
}

TEST_F(ArtifactManifestTest, GivesTheSameDigestWhereverTheFolderLies) {
  Put("1/model/MLmodel", "abc");
  Put("2/elsewhere/MLmodel", "abc");
  Put("3/model/MLmodel", "abd");
  EXPECT_EQ(Make("1/model").Digest(), Make("2/elsewhere/").Digest());
  EXPECT_NE(Make("1/model").Digest(), Make("3/model").Digest());
}

TEST_F(ArtifactManifestTest, NoticesEveryKindOfChange) {
  Put("m/a", "1");
  Put("m/b", "1");
  const ArtifactManifest manifest = Make("m");
  EXPECT_TRUE(VerifyManifest(*store_, "m", manifest).ok());
  const auto verdict = [&] {
    const auto outcome = VerifyManifest(*store_, "m", manifest);
    if (outcome.ok()) return std::string("unchanged");
    EXPECT_EQ(outcome.error().reason(), "artifact_changed");
    return std::string(outcome.error().detail("path")) + " " +
           std::string(outcome.error().detail("what"));
  };
  Put("m/b", "2");
  EXPECT_EQ(verdict(), "b changed");
  Put("m/b", "1");
  Put("m/aa", "new");
  EXPECT_EQ(verdict(), "aa added");
  ASSERT_TRUE(store_->Delete("m/aa").ok());
  ASSERT_TRUE(store_->Delete("m/a").ok());
  EXPECT_EQ(verdict(), "a missing");
  ASSERT_TRUE(store_->Delete("m").ok());
  EXPECT_EQ(VerifyManifest(*store_, "m", manifest).error().code(), base::Code::kNotFound);
}

}  // namespace
}  // namespace yard::storage
