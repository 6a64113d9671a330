#include "registry/registry_service.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/events.h"
#include "storage/artifact_store.h"
#include "storage/file_artifact_store.h"
#include "storage/sqlite_database.h"
#include "tracking/experiment_service.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"
#include "tracking/tracking_store.h"

namespace yard::registry {
namespace {

using base::Code;
using testing::ElementsAre;
using testing::IsEmpty;

class RegistryServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "registry-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    database_ = *storage::OpenSqlite(folder_ / "test.db");
    artifacts_ = *storage::OpenFileArtifactStore(folder_ / "artifacts");
    store_ = *tracking::TrackingStore::Open(*database_, clock_, events_);
    runs_ = std::make_unique<tracking::RunService>(*store_);
    logged_models_ = std::make_unique<tracking::LoggedModelService>(*store_);
    registry_ =
        *RegistryService::Open({*database_, *artifacts_, *runs_, *logged_models_, events_, clock_});
    run_ = *runs_->Create({0, "run", "alice", clock_.Now(), {}});
  }
  void TearDown() override {
    registry_.reset();
    database_->StopWriter();
    store_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void CreateModel(const std::string& name) {
    ASSERT_TRUE(registry_->CreateModel({name, std::nullopt, {}}).ok());
  }
  NewModelVersion NewVersion(const std::string& name) const {
    NewModelVersion version;
    version.name = name;
    version.source = run_.info.artifact_location + "/model";
    version.run_id = run_.info.id;
    return version;
  }
  int64_t CreateVersion(const std::string& name) {
    const auto created = registry_->CreateVersion(NewVersion(name));
    EXPECT_TRUE(created.ok()) << (created.ok() ? "" : created.error().ToString());
    return created.ok() ? created->version : 0;
  }
  std::vector<std::string> FindModels(const std::string& filter,
                                      std::vector<std::string> order_by = {}) {
    const auto page = registry_->SearchModels({filter, std::move(order_by), 100, ""});
    std::vector<std::string> names;
    if (!page.ok()) return {page.error().ToString()};
    for (const auto& model : page->items) names.push_back(model.name);
    return names;
  }
  std::vector<int64_t> FindVersions(const std::string& filter,
                                    std::vector<std::string> order_by = {}) {
    const auto page = registry_->SearchVersions({filter, std::move(order_by), 100, ""});
    std::vector<int64_t> versions;
    if (!page.ok()) return {-1};
    for (const auto& version : page->items) versions.push_back(version.version);
    return versions;
  }

  std::filesystem::path folder_;
  base::ManualClock clock_;
  base::EventBus events_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::ArtifactStore> artifacts_;
  std::unique_ptr<tracking::TrackingStore> store_;
  std::unique_ptr<tracking::RunService> runs_;
  std::unique_ptr<tracking::LoggedModelService> logged_models_;
  std::unique_ptr<RegistryService> registry_;
  tracking::Run run_;
};

TEST_F(RegistryServiceTest, CountsVersionsUpAndNeverReusesOne) {
  CreateModel("churn");
  EXPECT_EQ(CreateVersion("churn"), 1);
  EXPECT_EQ(CreateVersion("churn"), 2);
  ASSERT_TRUE(registry_->DeleteVersion("churn", 2).ok());
  EXPECT_EQ(CreateVersion("churn"), 3);
  EXPECT_EQ(registry_->GetVersion("churn", 2).error().reason(), "model_version_not_found");
}

TEST_F(RegistryServiceTest, RefusesAVersionOfAnAbsentModel) {
  EXPECT_EQ(registry_->CreateVersion(NewVersion("absent")).error().reason(),
            "registered_model_not_found");
}

TEST_F(RegistryServiceTest, RefusesANameThatIsTaken) {
  CreateModel("churn");
  EXPECT_EQ(registry_->CreateModel({"churn", std::nullopt, {}}).error().code(),
            Code::kAlreadyExists);
}

TEST_F(RegistryServiceTest, MovesEverythingWithARename) {
  CreateModel("old");
  CreateVersion("old");
  ASSERT_TRUE(registry_->SetAlias("old", "champion", 1).ok());
  ASSERT_TRUE(registry_->SetModelTag("old", {"team", "a"}).ok());
  ASSERT_TRUE(registry_->RenameModel("old", "new").ok());
  const auto model = registry_->GetModel("new");
  ASSERT_TRUE(model.ok());
  EXPECT_THAT(model->aliases, ElementsAre(ModelAlias{"champion", 1}));
  EXPECT_THAT(model->tags, ElementsAre(Tag{"team", "a"}));
  EXPECT_EQ(registry_->ResolveAlias("new", "champion")->version, 1);
  EXPECT_EQ(registry_->GetModel("old").error().code(), Code::kNotFound);
}

TEST_F(RegistryServiceTest, TellsWhoListensThatAnAliasMoved) {
  CreateModel("churn");
  CreateVersion("churn");
  CreateVersion("churn");
  std::vector<AliasChanged> heard;
  const auto subscription =
      events_.Subscribe<AliasChanged>([&](const AliasChanged& event) { heard.push_back(event); });
  ASSERT_TRUE(registry_->SetAlias("churn", "champion", 1).ok());
  ASSERT_TRUE(registry_->SetAlias("churn", "champion", 2).ok());
  ASSERT_TRUE(registry_->DeleteVersion("churn", 2).ok());
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[0].from, std::nullopt);
  EXPECT_EQ(heard[1].from, 1);
  EXPECT_EQ(heard[1].to, 2);
  EXPECT_EQ(heard[2].to, std::nullopt);
}

TEST_F(RegistryServiceTest, ResolvesLatestToTheHighestVersion) {
  CreateModel("churn");
  EXPECT_EQ(registry_->ResolveAlias("churn", "latest").error().reason(),
            "latest_version_not_found");
  CreateVersion("churn");
  CreateVersion("churn");
  EXPECT_EQ(registry_->ResolveAlias("churn", "LATEST")->version, 2);
  EXPECT_EQ(registry_->Resolve("models:/churn/latest")->version, 2);
}

TEST_F(RegistryServiceTest, SaysWhatIsMissingOfAnAlias) {
  EXPECT_EQ(registry_->ResolveAlias("absent", "a").error().reason(), "registered_model_not_found");
  CreateModel("churn");
  EXPECT_EQ(registry_->ResolveAlias("churn", "a").error().reason(), "alias_not_found");
  EXPECT_EQ(registry_->SetAlias("churn", "a", 1).error().reason(), "model_version_not_found");
}

TEST_F(RegistryServiceTest, ArchivesTheOthersOfAStage) {
  CreateModel("churn");
  CreateVersion("churn");
  CreateVersion("churn");
  ASSERT_TRUE(
      registry_->TransitionStage("churn", 1, Stage::kProduction, OthersInStage::kStay).ok());
  ASSERT_TRUE(
      registry_->TransitionStage("churn", 2, Stage::kProduction, OthersInStage::kAreArchived).ok());
  EXPECT_EQ(registry_->GetVersion("churn", 1)->stage, Stage::kArchived);
  EXPECT_EQ(registry_->Resolve("models:/churn/production")->version, 2);
  EXPECT_EQ(registry_->TransitionStage("churn", 1, Stage::kNone, OthersInStage::kAreArchived)
                .error()
                .code(),
            Code::kInvalidArgument);
}

TEST_F(RegistryServiceTest, PinsTheFilesOfAVersion) {
  CreateModel("churn");
  const std::string folder = "0/" + run_.info.id + "/artifacts/model/";
  ASSERT_TRUE(storage::PutArtifact(*artifacts_, folder + "MLmodel", "flavors: {}").ok());
  ASSERT_TRUE(storage::PutArtifact(*artifacts_, folder + "data/model.skops", "zip").ok());
  CreateVersion("churn");
  const auto files = registry_->PinnedFiles("churn", 1);
  ASSERT_TRUE(files.ok());
  EXPECT_THAT(*files, ElementsAre(PinnedFile{"MLmodel", 11, base::Sha256Hex("flavors: {}")},
                                  PinnedFile{"data/model.skops", 3, base::Sha256Hex("zip")}));
}

TEST_F(RegistryServiceTest, FindsTheFolderOfAVersionOnThisMachine) {
  CreateModel("churn");
  const std::string folder = "0/" + run_.info.id + "/artifacts/model/";
  ASSERT_TRUE(storage::PutArtifact(*artifacts_, folder + "data/model.skops", "zip").ok());
  CreateVersion("churn");
  const auto local = registry_->LocalFolder(*registry_->GetVersion("churn", 1));
  ASSERT_TRUE(local.ok());
  std::ifstream file(*local / "data" / "model.skops");
  std::string content;
  file >> content;
  EXPECT_EQ(content, "zip");
}

TEST_F(RegistryServiceTest, SaysWhenTheFilesAreElsewhere) {
  CreateModel("churn");
  NewModelVersion version = NewVersion("churn");
  version.source = "s3://bucket/model";
  ASSERT_TRUE(registry_->CreateVersion(version).ok());
  EXPECT_EQ(registry_->LocalFolder(*registry_->GetVersion("churn", 1)).error().reason(),
            "not_local");
}

TEST_F(RegistryServiceTest, TagsTheLoggedModelOfAVersion) {
  CreateModel("churn");
  tracking::NewLoggedModel logged;
  logged.name = "model";
  logged.source_run_id = run_.info.id;
  const auto model = logged_models_->Create(logged);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  NewModelVersion version;
  version.name = "churn";
  version.source = "models:/" + model->id;
  version.model_id = model->id;
  const auto created = registry_->CreateVersion(version);
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->run_id, run_.info.id);
  EXPECT_EQ(created->storage_location, model->artifact_location);
  const auto tagged = logged_models_->Get(model->id);
  ASSERT_TRUE(tagged.ok());
  EXPECT_THAT(tagged->tags, testing::Contains(tracking::Tag{"mlflow.modelVersions",
                                                            R"([{"name":"churn","version":1}])"}));
}

TEST_F(RegistryServiceTest, FindsModelsByNameAndTag) {
  for (const std::string name : {"alpha", "beta", "Gamma"}) CreateModel(name);
  ASSERT_TRUE(registry_->SetModelTag("beta", {"team", "a"}).ok());
  EXPECT_THAT(FindModels(""), ElementsAre("Gamma", "alpha", "beta"));
  EXPECT_THAT(FindModels("name = 'beta'"), ElementsAre("beta"));
  EXPECT_THAT(FindModels("name LIKE '%a'"), ElementsAre("Gamma", "alpha", "beta"));
  EXPECT_THAT(FindModels("name LIKE 'g%'"), IsEmpty());
  EXPECT_THAT(FindModels("name ILIKE 'g%'"), ElementsAre("Gamma"));
  EXPECT_THAT(FindModels("tags.team = 'a'"), ElementsAre("beta"));
  EXPECT_THAT(FindModels("tags.team != 'b'"), ElementsAre("beta"));
  EXPECT_THAT(FindModels("name IN ('alpha', 'beta')", {"name DESC"}), ElementsAre("beta", "alpha"));
}

TEST_F(RegistryServiceTest, HidesPromptsFromSearchesThatDoNotAskForThem) {
  CreateModel("model");
  ASSERT_TRUE(registry_->CreateModel({"prompt", std::nullopt, {{kPromptTag, "true"}}}).ok());
  EXPECT_THAT(FindModels(""), ElementsAre("model"));
  EXPECT_THAT(FindModels("tags.`mlflow.prompt.is_prompt` = 'true'"), ElementsAre("prompt"));
  EXPECT_THAT(FindModels("tag.`mlflow.prompt.is_prompt` != 'true'"), ElementsAre("model"));
  EXPECT_THAT(FindModels("tag.`mlflow.prompt.is_prompt` = 'false'"), ElementsAre("model"));
}

TEST_F(RegistryServiceTest, FindsVersionsByNumberRunAndSource) {
  CreateModel("churn");
  for (int i = 0; i < 3; ++i) CreateVersion("churn");
  EXPECT_THAT(FindVersions("name = 'churn' and version_number >= 2", {"version_number DESC"}),
              ElementsAre(3, 2));
  EXPECT_THAT(FindVersions("version_number = '1'"), ElementsAre(1));
  EXPECT_EQ(FindVersions("run_id = '" + run_.info.id + "'").size(), 3u);
  EXPECT_EQ(FindVersions("source_path LIKE 'mlflow-artifacts:/%'").size(), 3u);
  EXPECT_THAT(FindVersions("run_id = 'other'"), IsEmpty());
}

TEST_F(RegistryServiceTest, RefusesKeysThatSearchDoesNotKnow) {
  for (const std::string filter : {"stage = 'None'", "version = 1", "name > 'a'", "name = 5",
                                   "metrics.m > 1", "version_number LIKE '1'"})
    EXPECT_EQ(registry_->SearchVersions({filter, {}, 10, ""}).error().reason(), "bad_filter")
        << filter;
  for (const std::string order : {"creation_timestamp", "stage", "name NULLS LAST"})
    EXPECT_EQ(registry_->SearchModels({"", {order}, 10, ""}).error().reason(), "bad_order_by")
        << order;
}

TEST_F(RegistryServiceTest, CutsPagesByKey) {
  for (int i = 0; i < 5; ++i) CreateModel("m" + std::to_string(i));
  const auto first = registry_->SearchModels({"", {"name DESC"}, 2, ""});
  ASSERT_TRUE(first.ok());
  CreateModel("m9");  // comes before the first page: no row may be seen twice
  const auto second = registry_->SearchModels({"", {"name DESC"}, 2, first->next_page_token});
  ASSERT_TRUE(second.ok()) << second.error().ToString();
  EXPECT_EQ(second->items[0].name, "m2");
  EXPECT_EQ(second->items[1].name, "m1");
  const auto last = registry_->SearchModels({"", {"name DESC"}, 2, second->next_page_token});
  EXPECT_EQ(last->items.size(), 1u);
  EXPECT_EQ(last->next_page_token, "");
  EXPECT_EQ(registry_->SearchModels({"", {"name"}, 2, first->next_page_token}).error().reason(),
            "bad_page_token");
}

}  // namespace
}  // namespace yard::registry
