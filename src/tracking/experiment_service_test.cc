#include "tracking/experiment_service.h"

#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::ElementsAre;

class ExperimentServiceTest : public TrackingTest {
 protected:
  ExperimentId Make(const std::string& name) {
    const auto id = experiments().Create({name, "", {}});
    EXPECT_TRUE(id.ok()) << id.error().ToString();
    return id.value_or(-1);
  }
  std::vector<std::string> Names(const ExperimentSearch& search) {
    const auto page = experiments().Search(search);
    EXPECT_TRUE(page.ok()) << page.error().ToString();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const Experiment& one : page->experiments) names.push_back(one.name);
    }
    return names;
  }
  std::vector<std::string> Find(const std::string& filter) {
    ExperimentSearch search;
    search.filter = filter;
    search.order_by = {"name"};
    return Names(search);
  }
};

TEST_F(ExperimentServiceTest, StartsWithTheExperimentDefault) {
  const auto experiment = experiments().Get(0);
  ASSERT_TRUE(experiment.ok());
  EXPECT_EQ(experiment->name, "Default");
  EXPECT_EQ(experiment->artifact_location, "mlflow-artifacts:/0");
  EXPECT_DONE(experiments().Rename(0, "Mine"));
  Restart();
  EXPECT_EQ(experiments().Get(0)->name, "Mine");
}

TEST_F(ExperimentServiceTest, MakesExperimentsWithTagsAndAPlace) {
  const auto id = experiments().Create({"churn", "", {{"team", "growth"}}});
  ASSERT_TRUE(id.ok());
  const auto read = experiments().GetByName("churn");
  EXPECT_EQ(read->id, *id);
  EXPECT_EQ(read->artifact_location, "mlflow-artifacts:/" + std::to_string(*id));
  EXPECT_THAT(read->tags, ElementsAre(Tag{"team", "growth"}));
  EXPECT_EQ(experiments().Get(*experiments().Create({"own", "s3://b/x", {}}))->artifact_location,
            "s3://b/x");
}

TEST_F(ExperimentServiceTest, KeepsNamesUniqueEvenAgainstDeletedOnes) {
  const ExperimentId id = Make("churn");
  EXPECT_THAT(experiments().Create({"churn", "", {}}), HasReason("experiment_exists"));
  EXPECT_DONE(experiments().Delete(id));
  EXPECT_THAT(experiments().Create({"churn", "", {}}), HasReason("experiment_exists"));
  EXPECT_THAT(experiments().Rename(0, "churn"), HasReason("experiment_exists"));
}

TEST_F(ExperimentServiceTest, RefusesNamesThatAreNoGood) {
  EXPECT_THAT(experiments().Create({"", "", {}}), HasReason("bad_experiment_name"));
  EXPECT_THAT(experiments().Create({"  ", "", {}}), HasReason("bad_experiment_name"));
  EXPECT_THAT(experiments().Create({std::string(501, 'x'), "", {}}),
              HasReason("bad_experiment_name"));
  EXPECT_DONE(experiments().Create({std::string(500, 'x'), "", {}}));
}

TEST_F(ExperimentServiceTest, SaysWhichExperimentIsNotThere) {
  EXPECT_THAT(experiments().Get(77), HasReason("experiment_not_found"));
  EXPECT_THAT(experiments().GetByName("x"), HasReason("experiment_not_found"));
  EXPECT_THAT(experiments().Delete(77), HasReason("experiment_not_found"));
}

TEST_F(ExperimentServiceTest, DeletesAndRestoresAllRuns) {
  const ExperimentId id = Make("churn");
  const RunId kept = NewRunId(id);
  const RunId deleted_before = NewRunId(id);
  EXPECT_DONE(runs().Delete(deleted_before));
  EXPECT_DONE(experiments().Delete(id));
  EXPECT_EQ(runs().Get(kept)->info.stage, LifecycleStage::kDeleted);
  EXPECT_THAT(runs().SetTag(kept, {"a", "1"}), HasReason("run_not_active"));
  EXPECT_DONE(experiments().Restore(id));
  EXPECT_EQ(runs().Get(kept)->info.stage, LifecycleStage::kActive);
  EXPECT_EQ(runs().Get(deleted_before)->info.stage, LifecycleStage::kActive);
}

TEST_F(ExperimentServiceTest, ChangesTheUpdateTimeByRenameDeleteAndRestoreOnly) {
  const ExperimentId id = Make("churn");
  const base::Millis made = experiments().Get(id)->updated;
  clock().Advance(std::chrono::milliseconds(10));
  EXPECT_DONE(experiments().SetTag(id, {"a", "1"}));
  EXPECT_EQ(experiments().Get(id)->updated, made);
  EXPECT_DONE(experiments().Rename(id, "other"));
  EXPECT_EQ(experiments().Get(id)->updated, clock().Now());
  clock().Advance(std::chrono::milliseconds(10));
  EXPECT_DONE(experiments().Delete(id));
  EXPECT_EQ(experiments().Get(id)->updated, clock().Now());
}

TEST_F(ExperimentServiceTest, TakesNoChangesWhileDeleted) {
  const ExperimentId id = Make("churn");
  EXPECT_DONE(experiments().Delete(id));
  EXPECT_THAT(experiments().Rename(id, "x"), HasReason("experiment_not_active"));
  EXPECT_THAT(experiments().SetTag(id, {"a", "1"}), HasReason("experiment_not_active"));
}

TEST_F(ExperimentServiceTest, SetsAndDeletesTags) {
  EXPECT_DONE(experiments().SetTag(0, {"a", "1"}));
  EXPECT_DONE(experiments().SetTag(0, {"a", "2"}));
  EXPECT_THAT(experiments().Get(0)->tags, ElementsAre(Tag{"a", "2"}));
  EXPECT_DONE(experiments().DeleteTag(0, "a"));
  EXPECT_THAT(experiments().DeleteTag(0, "a"), HasReason("tag_not_found"));
  EXPECT_THAT(experiments().SetTag(0, {"a", std::string(5001, 'x')}), HasReason("too_long"));
}

TEST_F(ExperimentServiceTest, FindsByFilter) {
  const ExperimentId a = Make("alpha");
  const ExperimentId b = Make("beta");
  EXPECT_DONE(experiments().SetTag(b, {"team", "x"}));
  EXPECT_THAT(Find(""), ElementsAre("Default", "alpha", "beta"));
  EXPECT_THAT(Find("name LIKE 'al%'"), ElementsAre("alpha"));
  EXPECT_THAT(Find("attribute.name ILIKE 'ALPHA'"), ElementsAre("alpha"));
  EXPECT_THAT(Find("tags.team = 'x'"), ElementsAre("beta"));
  EXPECT_THAT(Find("tags.team != 'y'"), ElementsAre("beta"));
  EXPECT_THAT(Find("tag.team IS NULL"), ElementsAre("Default", "alpha"));
  EXPECT_THAT(Find("experiment_id IN ('0', '" + std::to_string(a) + "')"),
              ElementsAre("Default", "alpha"));
  EXPECT_THAT(Find("creation_time > 0 AND last_update_time > 0 AND name != 'beta'"),
              ElementsAre("Default", "alpha"));
}

TEST_F(ExperimentServiceTest, RefusesFiltersOutsideTheLanguage) {
  for (const std::string filter :
       {"foo = 1", "attributes.name = 'a'", "experiment_id LIKE '1'", "experiment_id = 1",
        "experiment_id > '1'", "creation_time = 'x'", "name > 'a'", "name IS NULL", " "}) {
    ExperimentSearch search;
    search.filter = filter;
    EXPECT_THAT(experiments().Search(search), HasReason("bad_filter")) << filter;
  }
}

TEST_F(ExperimentServiceTest, SearchesOneStageAndPages) {
  const ExperimentId gone = Make("gone");
  Make("kept");
  EXPECT_DONE(experiments().Delete(gone));
  ExperimentSearch search;
  search.order_by = {"name DESC"};
  EXPECT_THAT(Names(search), ElementsAre("kept", "Default"));
  search.stage = StageFilter::kDeletedOnly;
  EXPECT_THAT(Names(search), ElementsAre("gone"));
  search.stage = StageFilter::kAll;
  search.max_results = 2;
  const auto first = experiments().Search(search);
  ASSERT_FALSE(first->next_page_token.empty());
  search.page_token = first->next_page_token;
  EXPECT_THAT(Names(search), ElementsAre("Default"));
  search.order_by = {"name ASC"};
  EXPECT_THAT(experiments().Search(search), HasReason("bad_page_token"));
}

TEST_F(ExperimentServiceTest, ListsTheNewestFirstUnlessToldOtherwise) {
  Make("a");
  clock().Advance(std::chrono::milliseconds(1));
  Make("b");
  EXPECT_EQ(Names({}).front(), "b");
}

}  // namespace
}  // namespace yard::tracking
