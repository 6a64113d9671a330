#include "inference/formats/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/golden_files_test.h"
#include "inference/formats/zip_bytes.h"

namespace yard::inference::formats {
namespace {

using testing_support::Crc32;
using testing_support::MakeZip;
using testing_support::ReadAll;
using testing_support::Stored;
using testing_support::StoredGoldens;
using testing_support::ZipEntry;

std::string OpenError(const std::string& bytes) {
  const auto archive = ZipArchive::Open(bytes);
  return archive.ok() ? "" : archive.error().reason();
}

TEST(ZipArchiveTest, ReadsStoredMembers) {
  const std::string bytes = MakeZip({Stored("b", "two"), Stored("a/c", "one")});
  const auto archive = ZipArchive::Open(bytes);
  ASSERT_TRUE(archive.ok()) << archive.error().ToString();
  EXPECT_THAT(archive->names(), testing::ElementsAre("a/c", "b"));
  EXPECT_EQ(archive->Read("a/c").value_or("?"), "one");
  EXPECT_EQ(archive->Read("x").error().code(), base::Code::kNotFound);
}

TEST(ZipArchiveTest, ReadsDeflatedMembersOfSkops) {
  const std::string bytes = ReadAll(StoredGoldens() / "objects" / "forest.skops");
  const auto archive = ZipArchive::Open(bytes);
  ASSERT_TRUE(archive.ok()) << archive.error().ToString();
  EXPECT_TRUE(archive->Read("schema.json").value_or("").starts_with("{"));
}

TEST(ZipArchiveTest, RefusesNamesThatLeadOutOfAFolder) {
  for (const char* name : {"../x", "a/../x", "/etc/passwd", "a\\..\\x", "c:x", "."})
    EXPECT_EQ(OpenError(MakeZip({Stored(name, "x")})), "malformed_zip") << name;
}

TEST(ZipArchiveTest, RefusesMembersWhoseHeadersLie) {
  ZipEntry other_name = Stored("a", "x");
  other_name.local_name = "b";
  ZipEntry encrypted = Stored("a", "x");
  encrypted.flags = 1;
  ZipEntry streamed = Stored("a", "x");
  streamed.flags = 8;
  ZipEntry other_size = Stored("a", "x");
  other_size.size = 5;
  ZipEntry unknown_method = Stored("a", "x");
  unknown_method.method = 99;
  for (const ZipEntry& entry : {other_name, encrypted, streamed, other_size, unknown_method})
    EXPECT_EQ(OpenError(MakeZip({entry})), "malformed_zip");
  EXPECT_EQ(OpenError(MakeZip({Stored("a", "x"), Stored("a", "y")})), "malformed_zip");
}

TEST(ZipArchiveTest, RefusesAWrongChecksum) {
  ZipEntry entry = Stored("a", "x");
  entry.crc = Crc32("y");
  const std::string bytes = MakeZip({entry});
  const auto archive = ZipArchive::Open(bytes);
  ASSERT_TRUE(archive.ok());
  EXPECT_EQ(archive->Read("a").error().reason(), "malformed_zip");
}

TEST(ZipArchiveTest, RefusesMembersThatExpandTooFar) {
  ZipEntry bomb = Stored("a", "xx");
  bomb.method = 8;
  bomb.size = 0xfffffff0;
  EXPECT_EQ(OpenError(MakeZip({bomb})), "decompression_bomb");
}

TEST(ZipArchiveTest, RefusesEveryPrefix) {
  const std::string bytes = MakeZip({Stored("b", "two"), Stored("a", "one")});
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(ZipArchive::Open(std::string_view(bytes).substr(0, length)).ok()) << length;
}

}  // namespace
}  // namespace yard::inference::formats
