#include "tracking/run_service.h"

#include <cmath>
#include <future>
#include <limits>

#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RunServiceTest : public TrackingTest {
 protected:
  RunData Get(const RunId& id) {
    const auto run = runs().Get(id);
    EXPECT_TRUE(run.ok()) << run.error().ToString();
    return run.ok() ? *run : RunData();
  }
  std::string TagOf(const RunId& id, const std::string& key) {
    for (const Tag& tag : Get(id).tags) {
      if (tag.key == key) return tag.value;
    }
    return "<none>";
  }
  std::string ParamOf(const RunId& id, const std::string& key) {
    for (const Param& param : Get(id).params) {
      if (param.key == key) return param.value;
    }
    return "<none>";
  }
};

TEST_F(RunServiceTest, MakesARunWithItsNameUserAndPlaceForArtifacts) {
  NewRun request;
  request.name = "first";
  request.user = "ann";
  request.start_time = base::Millis(5);
  request.tags = {{"mlflow.source.name", "train.py"}};
  const auto run = runs().Create(request);
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->info.id.size(), 32U);
  EXPECT_EQ(run->info.artifact_location, "mlflow-artifacts:/0/" + run->info.id + "/artifacts");
  const RunData read = Get(run->info.id);
  EXPECT_EQ(read.info.name, "first");
  EXPECT_EQ(read.info.user, "ann");
  EXPECT_EQ(read.info.status, RunStatus::kRunning);
  EXPECT_EQ(read.info.start_time, base::Millis(5));
  EXPECT_FALSE(read.info.end_time);
  EXPECT_THAT(read.tags,
              ElementsAre(Tag{"mlflow.runName", "first"}, Tag{"mlflow.source.name", "train.py"}));
}

TEST_F(RunServiceTest, TakesTheNameFromTheTagOrMakesOneUp) {
  NewRun tagged;
  tagged.tags = {{"mlflow.runName", "from tag"}};
  EXPECT_EQ(runs().Create(tagged)->info.name, "from tag");
  const auto unnamed = runs().Create(NewRun{});
  EXPECT_FALSE(unnamed->info.name.empty());
  EXPECT_EQ(TagOf(unnamed->info.id, "mlflow.runName"), unnamed->info.name);
}

TEST_F(RunServiceTest, RefusesANameThatDiffersFromItsTag) {
  NewRun request;
  request.name = "a";
  request.tags = {{"mlflow.runName", "b"}};
  EXPECT_THAT(runs().Create(request), HasReason("run_name_conflict"));
}

TEST_F(RunServiceTest, RefusesARunInAnExperimentThatIsAbsentOrDeleted) {
  NewRun request;
  request.experiment_id = 99;
  EXPECT_THAT(runs().Create(request), HasReason("experiment_not_found"));
  request.experiment_id = *experiments().Create({"gone", "", {}});
  EXPECT_DONE(experiments().Delete(request.experiment_id));
  EXPECT_THAT(runs().Create(request), HasReason("experiment_not_active"));
}

TEST_F(RunServiceTest, KeepsNameAndTagTheSame) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().SetTag(run, {"mlflow.runName", "by tag"}));
  EXPECT_EQ(Get(run).info.name, "by tag");
  EXPECT_DONE(runs().Update(run, {std::nullopt, std::nullopt, "by update"}));
  EXPECT_EQ(TagOf(run, "mlflow.runName"), "by update");
}

TEST_F(RunServiceTest, UpdatesWhatIsGivenAndKeepsTheRest) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().Update(run, {RunStatus::kFinished, base::Millis(77), std::nullopt}));
  EXPECT_DONE(runs().Update(run, {RunStatus::kRunning, std::nullopt, std::nullopt}));
  const RunInfo info = Get(run).info;
  EXPECT_EQ(info.status, RunStatus::kRunning);
  EXPECT_EQ(info.end_time, base::Millis(77));
}

TEST_F(RunServiceTest, SaysWhichRunIsNotThere) {
  EXPECT_THAT(runs().Get("nope"), HasReason("run_not_found"));
  EXPECT_THAT(runs().Update("nope", {}), HasReason("run_not_found"));
  EXPECT_THAT(runs().Delete("nope"), HasReason("run_not_found"));
  const MetricPoint point{"a", 1, 0, base::Millis(1), "", "", ""};
  EXPECT_THAT(runs().LogMetrics("nope", {&point, 1}), HasReason("run_not_found"));
}

TEST_F(RunServiceTest, TakesNoWritesWhileARunIsDeleted) {
  const RunId run = NewRunId();
  Log(run, "loss", 1);  // the writer knows the run now
  EXPECT_DONE(runs().Delete(run));
  EXPECT_DONE(runs().Delete(run));
  const MetricPoint point{"loss", 2, 0, base::Millis(1), "", "", ""};
  EXPECT_THAT(runs().LogMetrics(run, {&point, 1}), HasReason("run_not_active"));
  EXPECT_THAT(runs().LogParam(run, {"a", "1"}), HasReason("run_not_active"));
  EXPECT_THAT(runs().SetTag(run, {"a", "1"}), HasReason("run_not_active"));
  EXPECT_THAT(runs().LogBatch(run, {}), HasReason("run_not_active"));
  EXPECT_EQ(Get(run).info.stage, LifecycleStage::kDeleted);
  EXPECT_DONE(runs().Restore(run));
  EXPECT_DONE(runs().LogParam(run, {"a", "1"}));
}

TEST_F(RunServiceTest, TakesWritesAfterTheEnd) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().Update(run, {RunStatus::kFinished, base::Millis(77), std::nullopt}));
  Log(run, "system/cpu", 3);
  EXPECT_THAT(History(run, "system/cpu"), testing::SizeIs(1));
}

TEST_F(RunServiceTest, WritesAParamOnce) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().LogParam(run, {"lr", "0.1"}));
  EXPECT_DONE(runs().LogParam(run, {"lr", "0.1"}));
  const auto changed = runs().LogParam(run, {"lr", "0.2"});
  ASSERT_THAT(changed, HasReason("param_changed"));
  EXPECT_EQ(changed.error().detail("key"), "lr");
  EXPECT_EQ(changed.error().detail("old"), "0.1");
  EXPECT_EQ(changed.error().detail("new"), "0.2");
  EXPECT_EQ(ParamOf(run, "lr"), "0.1");
}

TEST_F(RunServiceTest, CutsLongValues) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().LogParam(run, {"long", std::string(7000, 'x')}));
  EXPECT_DONE(runs().LogParam(run, {"long", std::string(6500, 'x')}));  // the same once cut
  EXPECT_DONE(runs().SetTag(run, {"long", std::string(9000, 'y')}));
  EXPECT_EQ(ParamOf(run, "long").size(), 6000U);
  EXPECT_EQ(TagOf(run, "long").size(), 8000U);
}

TEST_F(RunServiceTest, CutsBetweenCharacters) {
  const RunId run = NewRunId();
  std::string text;
  for (int i = 0; i < 6001; ++i) text += "ü";
  EXPECT_DONE(runs().LogParam(run, {"long", text}));
  EXPECT_EQ(ParamOf(run, "long").size(), 12000U);
}

TEST_F(RunServiceTest, OverwritesAndDeletesTags) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().SetTag(run, {"a", "1"}));
  EXPECT_DONE(runs().SetTag(run, {"a", "2"}));
  EXPECT_EQ(TagOf(run, "a"), "2");
  EXPECT_DONE(runs().DeleteTag(run, "a"));
  EXPECT_THAT(runs().DeleteTag(run, "a"), HasReason("tag_not_found"));
  EXPECT_THAT(runs().DeleteTag(run, "never heard of"), HasReason("tag_not_found"));
  EXPECT_EQ(TagOf(run, "a"), "<none>");
}

TEST_F(RunServiceTest, RefusesBadKeysEverywhere) {
  const RunId run = NewRunId();
  for (const std::string key :
       {"", "a//b", "./a", "a/", "/a", "../a", "a/../b", ".", "a,b", "a\n"}) {
    EXPECT_THAT(runs().LogParam(run, {key, "1"}), HasReason("bad_key")) << key;
    EXPECT_THAT(runs().SetTag(run, {key, "1"}), HasReason("bad_key")) << key;
    const MetricPoint point{key, 1, 0, base::Millis(1), "", "", ""};
    EXPECT_THAT(runs().LogMetrics(run, {&point, 1}), HasReason("bad_key")) << key;
  }
  EXPECT_THAT(runs().SetTag(run, {std::string(251, 'k'), "1"}), HasReason("bad_key"));
  EXPECT_DONE(runs().SetTag(run, {std::string(250, 'k'), "1"}));
  EXPECT_DONE(runs().SetTag(run, {"val/größe of x:y-z_1.2", "1"}));
}

TEST_F(RunServiceTest, KeepsABatchWholeOrNotAtAll) {
  const RunId run = NewRunId();
  EXPECT_DONE(runs().LogParam(run, {"b", "1"}));
  RunBatch batch;
  batch.params = {{"a", "1"}, {"b", "other"}};
  batch.metrics = {{"loss", 1, 0, base::Millis(1), "", "", ""}};
  batch.tags = {{"t", "1"}};
  EXPECT_THAT(runs().LogBatch(run, batch), HasReason("param_changed"));
  const RunData read = Get(run);
  EXPECT_THAT(read.metrics, IsEmpty());
  EXPECT_EQ(ParamOf(run, "a"), "<none>");
  EXPECT_EQ(TagOf(run, "t"), "<none>");
  batch.params = {{"a", "1"}, {"b", "1"}};
  EXPECT_DONE(runs().LogBatch(run, batch));
  EXPECT_DONE(runs().LogBatch(run, batch));
  EXPECT_THAT(History(run, "loss"), testing::SizeIs(1));
}

TEST_F(RunServiceTest, BoundsABatch) {
  const RunId run = NewRunId();
  RunBatch batch;
  batch.params = {{"a", "1"}, {"a", "1"}};
  EXPECT_THAT(runs().LogBatch(run, batch), HasReason("duplicate_param"));
  batch.params.assign(101, {"a", "1"});
  EXPECT_THAT(runs().LogBatch(run, batch), HasReason("too_many"));
  batch.params.clear();
  batch.tags.assign(101, {"a", "1"});
  EXPECT_THAT(runs().LogBatch(run, batch), HasReason("too_many"));
  batch.tags.assign(1, {"a", "1"});
  batch.metrics.assign(1000, {"loss", 1, 0, base::Millis(1), "", "", ""});
  EXPECT_THAT(runs().LogBatch(run, batch), HasReason("too_many"));
  batch.tags.clear();
  EXPECT_DONE(runs().LogBatch(run, batch));
}

TEST_F(RunServiceTest, AnswersAsynchronouslyAfterTheCommit) {
  const RunId run = NewRunId();
  std::promise<base::Result<void>> logged;
  runs().LogMetricsAsync(run, {{"loss", 2, 1, base::Millis(9), "", "", ""}},
                         [&logged](base::Result<void> result) { logged.set_value(result); });
  EXPECT_DONE(logged.get_future().get());
  EXPECT_THAT(History(run, "loss"), testing::SizeIs(1));
  std::promise<base::Result<void>> refused;
  runs().LogBatchAsync(run, {{}, {}, {{"a//b", ""}}},
                       [&refused](base::Result<void> result) { refused.set_value(result); });
  EXPECT_THAT(refused.get_future().get(), HasReason("bad_key"));
}

TEST_F(RunServiceTest, KeepsTheFirstDescriptionOfADatasetAndTheFirstTags) {
  const RunId run = NewRunId();
  const Dataset dataset{"iris", "d1", "local", "here", "{}", std::nullopt};
  EXPECT_DONE(runs().LogInputs(run, {{{dataset, {{"mlflow.data.context", "training"}}}}, {"m-1"}}));
  Dataset other = dataset;
  other.source = "elsewhere";
  EXPECT_DONE(runs().LogInputs(run, {{{other, {{"mlflow.data.context", "eval"}}}}, {"m-1"}}));
  const RunData read = Get(run);
  ASSERT_THAT(read.datasets, testing::SizeIs(1));
  EXPECT_EQ(read.datasets[0].dataset.source, "here");
  EXPECT_EQ(read.datasets[0].dataset.schema, "{}");
  EXPECT_FALSE(read.datasets[0].dataset.profile);
  EXPECT_THAT(read.datasets[0].tags, ElementsAre(Tag{"mlflow.data.context", "training"}));
  EXPECT_THAT(read.model_inputs, ElementsAre("m-1"));
  const ExperimentId id = 0;
  const auto summaries = runs().SearchDatasets({&id, 1});
  ASSERT_THAT(*summaries, testing::SizeIs(1));
  EXPECT_EQ((*summaries)[0].context, "training");
}

TEST_F(RunServiceTest, BoundsDatasets) {
  const RunId run = NewRunId();
  const Dataset no_digest{"iris", "", "local", "here", std::nullopt, std::nullopt};
  EXPECT_THAT(runs().LogInputs(run, {{{no_digest, {}}}, {}}), HasReason("bad_dataset"));
  const Dataset long_digest{"iris", std::string(37, 'd'), "", "", std::nullopt, std::nullopt};
  EXPECT_THAT(runs().LogInputs(run, {{{long_digest, {}}}, {}}), HasReason("too_long"));
}

TEST_F(RunServiceTest, ListsAnOutputOnce) {
  const RunId run = NewRunId();
  const std::vector<ModelOutput> outputs = {{"m-1", 0}, {"m-2", 3}};
  EXPECT_DONE(runs().LogOutputs(run, outputs));
  const std::vector<ModelOutput> again = {{"m-1", 5}};
  EXPECT_DONE(runs().LogOutputs(run, again));
  const RunData read = Get(run);
  ASSERT_THAT(read.model_outputs, testing::SizeIs(2));
  EXPECT_EQ(read.model_outputs[0].step, 0);
}

TEST_F(RunServiceTest, KeepsEverythingOverARestart) {
  const RunId run = NewRunId();
  Log(run, "loss", 0.5, 3);
  EXPECT_DONE(runs().LogParam(run, {"lr", "0.1"}));
  Restart();
  const RunData read = Get(run);
  ASSERT_THAT(read.metrics, testing::SizeIs(1));
  EXPECT_EQ(read.metrics[0].point.value, 0.5);
  EXPECT_EQ(ParamOf(run, "lr"), "0.1");
  Log(run, "loss", 0.25, 4);
  EXPECT_THAT(History(run, "loss"), testing::SizeIs(2));
}

}  // namespace
}  // namespace yard::tracking
