#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "storage/artifact_store.h"

namespace yard::storage {

/// Makes stores for the conformance suite; a store's test implements it.
class ArtifactStoreFixture {
 public:
  virtual ~ArtifactStoreFixture() = default;
  /// A new, empty store.
  virtual std::unique_ptr<ArtifactStore> Create() = 0;
};

/// What every artifact store must do, on a disk or in an object store. A store instantiates it:
///   INSTANTIATE_TEST_SUITE_P(Files, ArtifactStoreConformance, testing::Values(&MakeFileFixture));
class ArtifactStoreConformance
    : public testing::TestWithParam<std::unique_ptr<ArtifactStoreFixture> (*)()> {
 protected:
  ArtifactStoreConformance() : fixture_(GetParam()()), store_(fixture_->Create()) {}

  ArtifactStore& store() { return *store_; }

  void Put(std::string_view path, std::string_view bytes) {
    const auto stored = PutArtifact(*store_, path, bytes);
    ASSERT_TRUE(stored.ok()) << stored.error().ToString();
  }

  std::string Get(std::string_view path) {
    const auto bytes = ReadArtifact(*store_, path);
    return bytes.ok() ? *bytes : bytes.error().ToString();
  }

  std::vector<ArtifactInfo> List(std::string_view folder) {
    auto entries = store_->List(folder);
    EXPECT_TRUE(entries.ok());
    return std::move(entries).value();
  }

  static ArtifactInfo File(std::string path, uint64_t size) {
    return {std::move(path), false, size};
  }
  static ArtifactInfo Folder(std::string path) { return {std::move(path), true, 0}; }

 private:
  std::unique_ptr<ArtifactStoreFixture> fixture_;
  std::unique_ptr<ArtifactStore> store_;
};

TEST_P(ArtifactStoreConformance, GivesBackWhatWasPut) {
  std::string bytes(300'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 131 % 256);
  const auto stored = PutArtifact(store(), "1/run/artifacts/model.pkl", bytes);
  ASSERT_TRUE(stored.ok()) << stored.error().ToString();
  EXPECT_EQ(*stored, (StoredArtifact{bytes.size(), base::Sha256Hex(bytes)}));
  EXPECT_EQ(Get("1/run/artifacts/model.pkl"), bytes);
}

TEST_P(ArtifactStoreConformance, JoinsPieces) {
  const auto writer = store().Create("a/b").value();
  for (const char* piece : {"one ", "", "two"}) ASSERT_TRUE(writer->Write(piece).ok());
  EXPECT_EQ(writer->Commit().value().sha256, base::Sha256Hex("one two"));
  EXPECT_EQ(Get("a/b"), "one two");
}

TEST_P(ArtifactStoreConformance, KeepsEmptyFiles) {
  Put("empty", "");
  EXPECT_THAT(List(""), testing::ElementsAre(File("empty", 0)));
  EXPECT_EQ(Get("empty"), "");
}

TEST_P(ArtifactStoreConformance, ReadsAnyRange) {
  Put("digits", "0123456789");
  const auto reader = store().Open("digits").value();
  struct Case {
    uint64_t offset;
    size_t size;
    const char* expected;
  };
  const Case cases[] = {{0, 3, "012"}, {7, 3, "789"}, {8, 10, "89"}, {10, 4, ""}, {99, 1, ""}};
  for (const Case& c : cases) {
    std::string buffer(c.size, '?');
    const size_t got = reader->ReadAt(c.offset, buffer).value();
    EXPECT_EQ(buffer.substr(0, got), c.expected) << c.offset;
  }
}

TEST_P(ArtifactStoreConformance, ShowsNothingOfAnUploadThatWasNotCommitted) {
  {
    const auto writer = store().Create("a/lost").value();
    ASSERT_TRUE(writer->Write("half").ok());
    EXPECT_EQ(store().Open("a/lost").error().code(), base::Code::kNotFound);
  }
  EXPECT_EQ(store().Open("a/lost").error().code(), base::Code::kNotFound);
  EXPECT_THAT(List("a"), testing::IsEmpty());
  EXPECT_THAT(List(""), testing::IsEmpty());
}

TEST_P(ArtifactStoreConformance, ReplacesInOneStep) {
  Put("a", "old");
  const auto old_reader = store().Open("a").value();
  Put("a", "newer");
  EXPECT_EQ(Get("a"), "newer");
  std::string buffer(3, '?');
  ASSERT_EQ(old_reader->ReadAt(0, buffer).value(), 3U);
  EXPECT_EQ(buffer, "old");
}

TEST_P(ArtifactStoreConformance, LetsTheLastCommitWin) {
  const auto first = store().Create("a").value();
  const auto second = store().Create("a").value();
  ASSERT_TRUE(second->Write("second").ok());
  ASSERT_TRUE(first->Write("first").ok());
  ASSERT_TRUE(second->Commit().ok());
  ASSERT_TRUE(first->Commit().ok());
  EXPECT_EQ(Get("a"), "first");
}

TEST_P(ArtifactStoreConformance, NeverTearsAFileThatManyWrite) {
  Put("shared", std::string(1000, 'x'));
  std::vector<std::jthread> writers;
  for (char c = 'a'; c < 'e'; ++c) {
    writers.emplace_back([this, c] {
      for (int i = 0; i < 10; ++i) Put("shared", std::string(1000, c));
    });
  }
  for (int i = 0; i < 50; ++i) {
    const std::string seen = Get("shared");
    EXPECT_EQ(seen, std::string(1000, seen.front()));
  }
}

TEST_P(ArtifactStoreConformance, ListsOneLevelInOrder) {
  Put("model/data/weights.bin", "12345");
  Put("model/MLmodel", "m");
  Put("model/zeta", "zz");
  Put("plot.png", "p");
  EXPECT_THAT(List(""), testing::ElementsAre(Folder("model"), File("plot.png", 1)));
  EXPECT_THAT(List("model"), testing::ElementsAre(File("model/MLmodel", 1), Folder("model/data"),
                                                  File("model/zeta", 2)));
  EXPECT_EQ(List("model/"), List("model"));
}

TEST_P(ArtifactStoreConformance, ListsNothingWhereThereIsNoFolder) {
  Put("file", "x");
  EXPECT_THAT(List("missing"), testing::IsEmpty());
  EXPECT_THAT(List("file"), testing::IsEmpty());
  EXPECT_THAT(List("file/below"), testing::IsEmpty());
}

TEST_P(ArtifactStoreConformance, FindsFilesAndFolders) {
  Put("model/MLmodel", "abc");
  EXPECT_EQ(store().Find("model/MLmodel").value(), File("model/MLmodel", 3));
  EXPECT_EQ(store().Find("model").value(), Folder("model"));
  EXPECT_EQ(store().Find("").value(), Folder(""));
  EXPECT_EQ(store().Find("other").value(), std::nullopt);
  EXPECT_EQ(store().Find("model/MLmodel/below").value(), std::nullopt);
}

TEST_P(ArtifactStoreConformance, WalksEveryFile) {
  for (const char* path : {"m/b", "m/a/x", "m/a/deep/y", "other"}) Put(path, "1");
  std::vector<std::string> seen;
  ASSERT_TRUE(WalkArtifacts(store(), "m", [&](const ArtifactInfo& info) -> base::Result<void> {
                seen.push_back(info.path);
                return {};
              }).ok());
  EXPECT_THAT(seen, testing::ElementsAre("m/a/deep/y", "m/a/x", "m/b"));
}

TEST_P(ArtifactStoreConformance, DeletesFilesAndWholeFolders) {
  for (const char* path : {"m/a", "m/b/c", "keep/d"}) Put(path, "1");
  ASSERT_TRUE(store().Delete("m/a").ok());
  EXPECT_EQ(store().Open("m/a").error().code(), base::Code::kNotFound);
  EXPECT_EQ(Get("m/b/c"), "1");
  ASSERT_TRUE(store().Delete("m").ok());
  EXPECT_THAT(List(""), testing::ElementsAre(Folder("keep")));
  EXPECT_EQ(store().Delete("m").error().code(), base::Code::kNotFound);
  Put("m", "a file now");
  EXPECT_EQ(Get("m"), "a file now");
}

TEST_P(ArtifactStoreConformance, SaysWhatIsInTheWay) {
  Put("folder/file", "x");
  EXPECT_EQ(store().Create("folder").error().code(), base::Code::kFailedPrecondition);
  const auto below_a_file = PutArtifact(store(), "folder/file/below", "x");
  EXPECT_EQ(below_a_file.error().code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(store().Open("folder").error().code(), base::Code::kNotFound);
}

TEST_P(ArtifactStoreConformance, RefusesPathsThatCouldLeaveIt) {
  const std::string_view bad[] = {
      "..",          "../x", "a/../b", "a/..", "./a", "a/./b",     "a/.",
      "/etc/passwd", "/",    "//a",    "a//b", "a//", {"a\0b", 3},
  };
  for (const std::string_view path : bad) {
    const auto invalid = [&](const auto& outcome) {
      ASSERT_FALSE(outcome.ok()) << path;
      EXPECT_EQ(outcome.error().code(), base::Code::kInvalidArgument) << path;
      EXPECT_EQ(outcome.error().reason(), "invalid_artifact_path") << path;
    };
    invalid(store().Create(path));
    invalid(store().Open(path));
    invalid(store().Find(path));
    invalid(store().List(path));
    invalid(store().Delete(path));
  }
  for (const std::string& path : {std::string(256, 'n'), std::string(3'000, 'p')})
    EXPECT_EQ(store().Create(path).error().reason(), "invalid_artifact_path");
  EXPECT_EQ(store().Create("").error().reason(), "invalid_artifact_path");
  EXPECT_EQ(store().Delete("").error().reason(), "invalid_artifact_path");
}

TEST_P(ArtifactStoreConformance, TakesOddButHarmlessNames) {
  for (const char* path :
       {"..a", "a..", "...", "a b", "naïve/模型", "a%2e%2e", "back\\slash", "-x"}) {
    Put(path, path);
    EXPECT_EQ(Get(path), path);
  }
}

TEST_P(ArtifactStoreConformance, RefusesToReadMoreThanTheLimit) {
  Put("a", "12345");
  EXPECT_EQ(ReadArtifact(store(), "a", 4).error().code(), base::Code::kResourceExhausted);
  EXPECT_EQ(ReadArtifact(store(), "a", 5).value(), "12345");
}

}  // namespace yard::storage
