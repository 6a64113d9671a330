#include "registry/model_uri.h"

#include <string>

#include <gtest/gtest.h>

namespace yard::registry {
namespace {

TEST(ModelUriTest, ReadsAVersion) {
  const auto ref = ParseModelUri("models:/churn/3");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(std::get<VersionRef>(*ref).name, "churn");
  EXPECT_EQ(std::get<VersionRef>(*ref).version, 3);
}

TEST(ModelUriTest, ReadsAnAlias) {
  const auto ref = ParseModelUri("models:/churn@champion");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(std::get<AliasRef>(*ref).alias, "champion");
}

TEST(ModelUriTest, ReadsAStageInAnyCase) {
  const auto ref = ParseModelUri("models:/churn/production");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(std::get<StageRef>(*ref).stage, Stage::kProduction);
}

TEST(ModelUriTest, ReadsLatestAndALoggedModel) {
  EXPECT_TRUE(std::holds_alternative<LatestRef>(*ParseModelUri("models:/churn/latest")));
  const auto ref = ParseModelUri("models:/m-eff969b169594d5aa85ad69e3690bd29");
  EXPECT_TRUE(std::holds_alternative<LoggedModelRef>(*ref));
}

TEST(ModelUriTest, RefusesEverythingElse) {
  for (const std::string uri :
       {"", "models:", "models:/", "models:/churn", "models://host/churn/1", "models:/churn/0",
        "models:/churn/-1", "models:/churn/1/x", "models:/churn@", "models:/churn/Nowhere",
        "runs:/a/b", "models:/@a", "models:/churn/99999999999999999999"})
    EXPECT_FALSE(ParseModelUri(uri).ok()) << uri;
}

}  // namespace
}  // namespace yard::registry
