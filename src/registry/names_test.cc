#include "registry/names.h"

#include <string>

#include <gtest/gtest.h>

namespace yard::registry {
namespace {

TEST(ModelNameTest, AcceptsOrdinaryNames) {
  for (const std::string name : {"churn", "raw.model", "my model", "модель", "a-b_c", "v1"})
    EXPECT_TRUE(CheckModelName(name).ok()) << name;
}

TEST(ModelNameTest, RefusesPathsAndBlanks) {
  for (const std::string name : {"", " ", "a/b", "a:b", ".", "..", "a\nb"})
    EXPECT_FALSE(CheckModelName(name).ok()) << name;
  EXPECT_FALSE(CheckModelName(std::string(257, 'n')).ok());
}

TEST(AliasTest, RefusesReservedNames) {
  for (const std::string alias : {"latest", "Latest", "LATEST", "v1", "V23"})
    EXPECT_EQ(CheckAlias(alias).error().reason(), "reserved_alias") << alias;
}

TEST(AliasTest, RefusesOtherCharacters) {
  for (const std::string alias : {"a b", "a/b", "a.b", "a@b"})
    EXPECT_EQ(CheckAlias(alias).error().reason(), "invalid_alias") << alias;
}

TEST(AliasTest, AcceptsWordsThatOnlyLookReserved) {
  for (const std::string alias : {"champion", "v", "v1a", "latest-2", "чемпион", "A_b-1"})
    EXPECT_TRUE(CheckAlias(alias).ok()) << alias;
}

TEST(TagTest, RefusesKeysThatAreNoCleanPaths) {
  for (const std::string key : {"", "/a", "a/", "a//b", "./a", "../a", ".", "a/.."})
    EXPECT_FALSE(CheckTag({key, "v"}).ok()) << key;
  EXPECT_FALSE(CheckTag({std::string(251, 'k'), "v"}).ok());
}

TEST(TagTest, BoundsTheValue) {
  EXPECT_TRUE(CheckTag({"k", std::string(100'000, 'v')}).ok());
  EXPECT_FALSE(CheckTag({"k", std::string(100'001, 'v')}).ok());
}

}  // namespace
}  // namespace yard::registry
