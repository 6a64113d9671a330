#include "registry/source_validator.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::registry {
namespace {

using base::Code;

constexpr char kRun[] = "28710b852cf240668acead16a4589a12";
constexpr char kLocalRun[] = "989139abb9b244c6933dd6c63cb7d72e";
constexpr char kModel[] = "m-eff969b169594d5aa85ad69e3690bd29";

class FakeOwners : public SourceOwners {
 public:
  base::Result<std::string> RunArtifactUri(std::string_view run_id) override {
    if (run_id == kRun) return std::string("mlflow-artifacts:/11/") + kRun + "/artifacts";
    if (run_id == kLocalRun) return std::string("file:///srv/runs/7/artifacts");
    return base::NotFound("no such run", {"run_id", std::string(run_id)})
        .WithReason("run_not_found");
  }
  base::Result<LoggedModelFiles> FilesOfLoggedModel(std::string_view model_id) override {
    if (model_id != kModel)
      return base::NotFound("no such logged model").WithReason("logged_model_not_found");
    return LoggedModelFiles{std::string("mlflow-artifacts:/11/models/") + kModel + "/artifacts",
                            kRun};
  }
  base::Result<ModelVersion> RegisteredVersion(const ModelRef& ref) override {
    if (const auto* version = std::get_if<VersionRef>(&ref); version && version->version > 9)
      return base::NotFound("no such version").WithReason("model_version_not_found");
    ModelVersion version;
    version.name = "churn";
    version.version = 4;
    version.run_id = kRun;
    version.model_id = kModel;
    version.storage_location = "mlflow-artifacts:/11/models/x/artifacts";
    return version;
  }
};

NewModelVersion Request(std::string source, std::string run_id = "", std::string model_id = "") {
  NewModelVersion version;
  version.name = "churn";
  version.source = std::move(source);
  version.run_id = std::move(run_id);
  version.model_id = std::move(model_id);
  return version;
}

base::Result<CheckedSource> Check(const NewModelVersion& version) {
  FakeOwners owners;
  return SourceValidator(owners).Check(version);
}

struct Vector {
  std::string source;
  std::string run_id;
  std::string model_id;
};

class AcceptedSource : public testing::TestWithParam<Vector> {};
TEST_P(AcceptedSource, IsAccepted) {
  const auto checked = Check(Request(GetParam().source, GetParam().run_id, GetParam().model_id));
  EXPECT_TRUE(checked.ok()) << (checked.ok() ? "" : checked.error().ToString());
}
INSTANTIATE_TEST_SUITE_P(
    Sources, AcceptedSource,
    testing::Values(
        Vector{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/model", kRun, ""},
        Vector{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts", kRun, ""},
        Vector{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/my%20model", kRun,
               ""},
        Vector{"mlflow-artifacts:/11/models/m-eff969b169594d5aa85ad69e3690bd29/artifacts", "",
               kModel},
        Vector{"mlflow-artifacts:/11/models/m-eff969b169594d5aa85ad69e3690bd29/artifacts", kRun,
               kModel},
        Vector{"runs:/28710b852cf240668acead16a4589a12/model", kRun, ""},
        Vector{"runs:/absent/model", "absent", ""},
        Vector{"models:/m-eff969b169594d5aa85ad69e3690bd29", "", kModel},
        Vector{"models:/churn/4", "", ""}, Vector{"models:/churn/4", kRun, ""},
        Vector{"models:/churn/latest", "", ""}, Vector{"models:/churn/Production", "", ""},
        Vector{"models:/churn@champion", "", ""}, Vector{"s3://bucket/a/b", "", ""},
        Vector{"s3://bucket//a", "", ""}, Vector{"s3://bucket/a/", "", ""},
        Vector{"gs://bucket/a", "absent", ""}, Vector{"dbfs:/models/a", "", ""},
        Vector{"file:///srv/runs/7/artifacts/model", kLocalRun, ""},
        Vector{"/srv/runs/7/artifacts/model", kLocalRun, ""}));

struct Refusal {
  std::string source;
  std::string run_id;
  std::string reason;
};

class RefusedSource : public testing::TestWithParam<Refusal> {};
TEST_P(RefusedSource, IsRefusedWithItsReason) {
  const auto checked = Check(Request(GetParam().source, GetParam().run_id));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(checked.error().reason(), GetParam().reason);
}
// The published attacks on MLflow's registry, and neighbours of them.
INSTANTIATE_TEST_SUITE_P(
    LocalFiles, RefusedSource,
    testing::Values(Refusal{"/etc", "", "source_local"},
                    Refusal{"file:///etc", "", "source_local"},    // CVE-2023-1177
                    Refusal{"FILE:///etc", kRun, "source_local"},  // scheme in capitals
                    Refusal{"file:/etc/passwd", kRun, "source_local"},
                    Refusal{"file://host/etc", kRun, "source_local"},
                    Refusal{"etc/passwd", kRun, "source_local"},
                    Refusal{"C:/Windows", kRun, "source_local"},
                    Refusal{"C:\\Windows", kRun, "source_local"},
                    Refusal{"%66ile:///etc", kRun, "source_local"},
                    Refusal{"dummy-source", "", "source_local"},
                    Refusal{"/srv/runs/7/artifacts2", kLocalRun, "source_local"},
                    Refusal{"/srv/runs/7", kLocalRun, "source_local"}));
INSTANTIATE_TEST_SUITE_P(
    Traversal, RefusedSource,
    testing::Values(
        Refusal{"file:///srv/runs/7/artifacts/../../8", kLocalRun, "source_traversal"},
        Refusal{"s3://bucket/a/%2e%2e/b", "", "source_traversal"},
        Refusal{"s3://bucket/a/./b", "", "source_traversal"},
        Refusal{"s3://bucket/a%00", "", "source_traversal"},
        Refusal{"s3://bucket/a/%252e%252e/b", "", "source_traversal"},  // CVE-2024-1560
        Refusal{"s3://bucket/a/%25252e%25252e/b", "", "source_traversal"},
        Refusal{"s3://bucket/a/..%5cb", "", "source_traversal"},  // CVE-2023-6831
        Refusal{"s3://bucket/a\\..\\b", "", "source_traversal"},
        Refusal{"s3://bucket/a/..;/b", "", "source_traversal"},  // CVE-2024-1593
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/#/../../etc", kRun,
                "source_traversal"},  // CVE-2024-3573
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/%23x", kRun,
                "source_traversal"},
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/../../12", kRun,
                "source_traversal"},
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/%2e%2e/x", kRun,
                "source_traversal"},
        Refusal{"runs:/28710b852cf240668acead16a4589a12/../x", kRun, "source_traversal"},
        Refusal{"http://example.com/../x", "", "source_traversal"},
        Refusal{"s3://b/%25252525252525252525252525252525", "", "source_traversal"}));
INSTANTIATE_TEST_SUITE_P(
    Schemes, RefusedSource,
    testing::Values(Refusal{"http://example.com/x", "", "source_scheme"},  // CVE-2023-6974
                    Refusal{"https://169.254.169.254/latest", "", "source_scheme"},
                    Refusal{"ftp://host/x", "", "source_scheme"},
                    Refusal{"sftp://host/x", "", "source_scheme"},
                    Refusal{"hdfs://host/x", "", "source_scheme"},
                    Refusal{"viewfs://host/x", "", "source_scheme"},
                    Refusal{"r2://b@host/x", "", "source_scheme"},
                    Refusal{"b2://b@host/x", "", "source_scheme"},
                    Refusal{"abfss://c@host/x", "", "source_scheme"},
                    Refusal{"mlflow-artifacts://host/11/x", kRun, "source_scheme"},
                    Refusal{"javascript:alert(1)", "", "source_scheme"}));
INSTANTIATE_TEST_SUITE_P(
    OtherResources, RefusedSource,
    testing::Values(
        Refusal{"runs:/28710b852cf240668acead16a4589a12/model", "", "source_of_another_resource"},
        Refusal{"runs:/28710b852cf240668acead16a4589a12/model", kLocalRun,
                "source_of_another_resource"},
        Refusal{"runs://host/28710b852cf240668acead16a4589a12", kRun, "source_of_another_resource"},
        Refusal{"models:/m-eff969b169594d5aa85ad69e3690bd29", kRun, "source_of_another_resource"},
        Refusal{"models:/churn/4", kLocalRun, "source_of_another_resource"},
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts/model", "",
                "source_of_another_resource"},
        Refusal{"mlflow-artifacts:/11/other/artifacts/model", kRun, "source_of_another_resource"},
        Refusal{"mlflow-artifacts:/11/28710b852cf240668acead16a4589a12/artifacts2", kRun,
                "source_of_another_resource"},
        Refusal{"models://host/churn/1", "", "invalid_model_uri"},
        Refusal{"models:/churn", "", "invalid_model_uri"},
        Refusal{"models:/churn/4/extra", "", "invalid_model_uri"},
        Refusal{"models:/churn/Nowhere", "", "invalid_model_uri"}));

TEST(SourceValidatorTest, ResolvesAliasesAndLatestToTheVersion) {
  const auto checked = Check(Request("models:/churn/latest"));
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->source, "models:/churn/4");
  EXPECT_EQ(checked->run_id, kRun);
  EXPECT_EQ(checked->storage_location, "mlflow-artifacts:/11/models/x/artifacts");
}

TEST(SourceValidatorTest, TakesFilesAndRunOfALoggedModel) {
  const auto checked = Check(Request(std::string("models:/") + kModel, "", kModel));
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->source, std::string("models:/") + kModel);
  EXPECT_EQ(checked->storage_location,
            std::string("mlflow-artifacts:/11/models/") + kModel + "/artifacts");
  EXPECT_EQ(checked->run_id, kRun);
}

TEST(SourceValidatorTest, SaysWhenTheLoggedModelIsAbsent) {
  const std::string absent = "m-00000000000000000000000000000000";
  const auto checked = Check(Request("models:/" + absent, "", absent));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), Code::kNotFound);
}

// CVE-2026-2614: the tag of prompts must not switch the check off.
TEST(SourceValidatorTest, LetsAPromptHaveOnlyThePlaceholder) {
  NewModelVersion prompt = Request("dummy-source");
  prompt.tags = {{kPromptTag, "true"}};
  EXPECT_TRUE(Check(prompt).ok());
  prompt.source = "file:///etc";
  const auto checked = Check(prompt);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().reason(), "source_prompt");
}

}  // namespace
}  // namespace yard::registry
