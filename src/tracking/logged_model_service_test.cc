#include "tracking/logged_model_service.h"

#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoggedModelServiceTest : public TrackingTest {
 protected:
  LoggedModelId Make(const std::string& name) {
    clock().Advance(std::chrono::milliseconds(1));
    const auto model = models().Create({0, name, "sklearn", "", {}, {}});
    EXPECT_TRUE(model.ok()) << model.error().ToString();
    return model.ok() ? model->id : "";
  }
  void Measure(const LoggedModelId& model, double value, const std::string& dataset = "") {
    const RunId run = NewRunId();
    const MetricPoint point{
        "acc", value, 0, clock().Now(), model, dataset, dataset.empty() ? "" : "d1"};
    EXPECT_DONE(runs().LogMetrics(run, {&point, 1}));
  }
  std::vector<std::string> Names(LoggedModelSearch search) {
    search.experiment_ids = {0};
    const auto page = models().Search(search);
    EXPECT_TRUE(page.ok()) << page.error().ToString();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const LoggedModel& model : page->models) names.push_back(model.name);
    }
    return names;
  }
  std::vector<std::string> Find(const std::string& filter) {
    LoggedModelSearch search;
    search.filter = filter;
    return Names(search);
  }
};

TEST_F(LoggedModelServiceTest, MakesAPendingModelWithItsPlace) {
  const RunId run = NewRunId();
  const auto model = models().Create({0, "forest", "sklearn", run, {{"p", "1"}}, {{"t", "2"}}});
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->id.substr(0, 2), "m-");
  EXPECT_EQ(model->id.size(), 34U);
  EXPECT_EQ(model->artifact_location, "mlflow-artifacts:/0/models/" + model->id + "/artifacts");
  const auto read = models().Get(model->id);
  EXPECT_EQ(read->status, LoggedModelStatus::kPending);
  EXPECT_EQ(read->source_run_id, run);
  EXPECT_THAT(read->params, ElementsAre(Param{"p", "1"}));
  EXPECT_THAT(read->tags, ElementsAre(Tag{"t", "2"}));
}

TEST_F(LoggedModelServiceTest, RefusesBadNamesAndExperiments) {
  EXPECT_THAT(models().Create({0, "a/b", "", "", {}, {}}), HasReason("bad_model_name"));
  EXPECT_THAT(models().Create({7, "a", "", "", {}, {}}), HasReason("experiment_not_found"));
  EXPECT_FALSE(models().Create({0, "", "", "", {}, {}})->name.empty());
}

TEST_F(LoggedModelServiceTest, BecomesReady) {
  const LoggedModelId id = Make("a");
  clock().Advance(std::chrono::milliseconds(5));
  const auto model = models().Finalize(id, LoggedModelStatus::kReady);
  EXPECT_EQ(model->status, LoggedModelStatus::kReady);
  EXPECT_EQ(models().Get(id)->updated, clock().Now());
}

TEST_F(LoggedModelServiceTest, HidesADeletedModel) {
  const LoggedModelId id = Make("a");
  EXPECT_DONE(models().Delete(id));
  EXPECT_THAT(models().Get(id), HasReason("logged_model_not_found"));
  EXPECT_THAT(models().Finalize(id, LoggedModelStatus::kReady),
              HasReason("logged_model_not_found"));
  EXPECT_EQ(models().GetWithDeleted(id)->stage, LifecycleStage::kDeleted);
  EXPECT_THAT(Find(""), IsEmpty());
  EXPECT_THAT(models().Get("m-none"), HasReason("logged_model_not_found"));
}

TEST_F(LoggedModelServiceTest, KeepsParamsAndOverwritesTags) {
  const LoggedModelId id = Make("a");
  const std::vector<Param> params = {{"p", "1"}, {"q", "2"}};
  EXPECT_DONE(models().LogParams(id, params));
  EXPECT_DONE(models().LogParams(id, params));
  const std::vector<Param> changed = {{"p", "other"}};
  EXPECT_THAT(models().LogParams(id, changed), HasReason("param_changed"));
  const std::vector<Tag> tags = {{"t", "1"}};
  EXPECT_DONE(models().SetTags(id, tags));
  const std::vector<Tag> newer = {{"t", "2"}};
  EXPECT_THAT(models().SetTags(id, newer)->tags, ElementsAre(Tag{"t", "2"}));
  EXPECT_DONE(models().DeleteTag(id, "t"));
  EXPECT_THAT(models().DeleteTag(id, "t"), HasReason("tag_not_found"));
}

TEST_F(LoggedModelServiceTest, BoundsItsParams) {
  const LoggedModelId id = Make("a");
  std::vector<Param> params;
  for (int i = 0; i < 1001; ++i) params.push_back({"p" + std::to_string(i), "1"});
  EXPECT_THAT(models().LogParams(id, params), HasReason("too_many"));
  EXPECT_THAT(models().Get(id)->params, IsEmpty());
}

TEST_F(LoggedModelServiceTest, FindsByFilter) {
  const LoggedModelId a = Make("a");
  const LoggedModelId b = Make("b");
  Measure(a, 0.5);
  Measure(b, 0.9, "iris");
  EXPECT_DONE(models().Finalize(b, LoggedModelStatus::kReady));
  const std::vector<Param> params = {{"p", "1"}};
  EXPECT_DONE(models().LogParams(a, params));
  EXPECT_THAT(Find(""), ElementsAre("b", "a"));
  EXPECT_THAT(Find("name = 'a'"), ElementsAre("a"));
  EXPECT_THAT(Find("name = \"a\""), IsEmpty());
  EXPECT_THAT(Find("attributes.name like 'A'"), IsEmpty());
  EXPECT_THAT(Find("name ILIKE 'A'"), ElementsAre("a"));
  EXPECT_THAT(Find("metrics.acc > 0.6"), ElementsAre("b"));
  EXPECT_THAT(Find("params.p = '1'"), ElementsAre("a"));
  EXPECT_THAT(Find("params.p IN ('1', '2')"), ElementsAre("a"));
  EXPECT_THAT(Find("status = 2"), ElementsAre("b"));
  EXPECT_THAT(Find("status = 'READY'"), IsEmpty());
  EXPECT_THAT(Find("experiment_id = 0 AND status = '2'"), ElementsAre("b"));
  EXPECT_THAT(Find("model_id IN ('" + a + "')"), ElementsAre("a"));
  EXPECT_THAT(Find("creation_timestamp_ms > 0 AND model_type = 'sklearn'"), ElementsAre("b", "a"));
}

TEST_F(LoggedModelServiceTest, LimitsMetricsToDatasets) {
  const LoggedModelId a = Make("a");
  const LoggedModelId b = Make("b");
  Measure(a, 0.9);
  Measure(b, 0.9, "iris");
  LoggedModelSearch search;
  search.filter = "metrics.acc > 0.5";
  search.datasets = {{"iris", std::nullopt}};
  EXPECT_THAT(Names(search), ElementsAre("b"));
  search.datasets = {{"iris", "other"}};
  EXPECT_THAT(Names(search), IsEmpty());
  search.filter = "";
  search.datasets = {{"iris", "d1"}};
  EXPECT_THAT(Names(search), ElementsAre("b"));
}

TEST_F(LoggedModelServiceTest, OrdersByMetricsWithMissingLast) {
  const LoggedModelId a = Make("a");
  const LoggedModelId b = Make("b");
  Make("none");
  Measure(a, 0.5);
  Measure(b, 0.9, "iris");
  LoggedModelSearch search;
  search.order_by = {{"metrics.acc", false, std::nullopt, std::nullopt}};
  EXPECT_THAT(Names(search), ElementsAre("b", "a", "none"));
  search.order_by = {{"metrics.acc", true, std::nullopt, std::nullopt}};
  EXPECT_THAT(Names(search), ElementsAre("a", "b", "none"));
  search.order_by = {{"metrics.acc", true, "iris", std::nullopt}};
  EXPECT_THAT(Names(search), ElementsAre("b", "none", "a"));
}

TEST_F(LoggedModelServiceTest, RefusesFiltersOutsideTheLanguage) {
  for (const std::string filter :
       {"attribute.name = 'a'", "metric.acc > 1", "param.a = '1'", "tag.a = '1'", "name IS NULL",
        "name > 'a'", "metrics.acc = '1'", "creation_time = '1'", "foo = 'x'"}) {
    LoggedModelSearch search;
    search.filter = filter;
    EXPECT_THAT(models().Search(search), HasReason("bad_filter")) << filter;
  }
  LoggedModelSearch search;
  search.order_by = {{"params.p", true, std::nullopt, std::nullopt}};
  EXPECT_THAT(models().Search(search), HasReason("bad_order_by"));
}

TEST_F(LoggedModelServiceTest, PagesASearch) {
  for (const char* name : {"a", "b", "c"}) Make(name);
  LoggedModelSearch search;
  search.experiment_ids = {0};
  search.max_results = 2;
  const auto first = models().Search(search);
  ASSERT_THAT(first->models, SizeIs(2));
  search.page_token = first->next_page_token;
  EXPECT_THAT(Names(search), ElementsAre("a"));
  search.filter = "name = 'a'";
  EXPECT_THAT(models().Search(search), HasReason("bad_page_token"));
}

}  // namespace
}  // namespace yard::tracking
