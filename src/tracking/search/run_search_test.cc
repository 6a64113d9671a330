#include <limits>
#include <random>

#include "tracking/events.h"
#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Every test runs with rows only, with columns that are up to date, and with columns that lag.
enum class Mode { kRows, kColumns, kLagging };

class RunSearchTest : public TrackingTest, public ::testing::WithParamInterface<Mode> {
 protected:
  void SetUp() override {
    has_search_file_ = GetParam() != Mode::kRows;
    TrackingTest::SetUp();
  }
  std::string Named(const std::string& name, ExperimentId experiment = 0) {
    clock().Advance(std::chrono::milliseconds(1));
    NewRun request;
    request.experiment_id = experiment;
    request.name = name;
    request.user = "user-" + name;
    request.start_time = clock().Now();
    return runs().Create(request)->info.id;
  }
  void Settle() {
    if (GetParam() == Mode::kColumns) ApplyColumns();
  }
  std::vector<std::string> Names(const RunSearch& search) {
    Settle();
    const auto page = runs().Search(search);
    EXPECT_TRUE(page.ok()) << page.error().ToString();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const RunData& run : page->runs) names.push_back(run.info.name);
    return names;
  }
  std::vector<std::string> Find(const std::string& filter, std::vector<std::string> order = {}) {
    RunSearch search;
    search.experiment_ids = {0};
    search.filter = filter;
    search.order_by = std::move(order);
    return Names(search);
  }
};

std::string ModeName(const ::testing::TestParamInfo<Mode>& mode) {
  if (mode.param == Mode::kRows) return "Rows";
  return mode.param == Mode::kColumns ? "Columns" : "Lagging";
}

INSTANTIATE_TEST_SUITE_P(Modes, RunSearchTest,
                         ::testing::Values(Mode::kRows, Mode::kColumns, Mode::kLagging), ModeName);

TEST_P(RunSearchTest, ListsTheNewestRunFirst) {
  Named("a");
  Named("b");
  Named("c");
  EXPECT_THAT(Find(""), ElementsAre("c", "b", "a"));
}

TEST_P(RunSearchTest, ComparesMetricsParamsTagsAndAttributes) {
  const RunId a = Named("a");
  const RunId b = Named("b");
  Named("c");
  Log(a, "acc", 0.5);
  Log(b, "acc", 0.7);
  EXPECT_DONE(runs().LogParam(a, {"opt", "sgd"}));
  EXPECT_DONE(runs().LogParam(b, {"opt", "adam"}));
  EXPECT_DONE(runs().SetTag(b, {"team", "x"}));
  EXPECT_DONE(runs().Update(b, {RunStatus::kFinished, base::Millis(50), std::nullopt}));
  EXPECT_THAT(Find("metrics.acc > 0.6"), ElementsAre("b"));
  EXPECT_THAT(Find("metrics.acc > 0.1 AND params.opt = 'sgd'"), ElementsAre("a"));
  EXPECT_THAT(Find("params.opt != 'sgd'"), ElementsAre("b"));
  EXPECT_THAT(Find("params.opt LIKE '%d%'"), ElementsAre("b", "a"));
  EXPECT_THAT(Find("params.nope != '5'"), IsEmpty());
  EXPECT_THAT(Find("tags.team IS NULL"), ElementsAre("c", "a"));
  EXPECT_THAT(Find("tags.never IS NULL"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(Find("tags.team IS NOT NULL"), ElementsAre("b"));
  EXPECT_THAT(Find("status = 'FINISHED'"), ElementsAre("b"));
  EXPECT_THAT(Find("status = 'finished'"), IsEmpty());
  EXPECT_THAT(Find("end_time <= 50"), ElementsAre("b"));
  EXPECT_THAT(Find("run_name = 'c' OR user_id = 'user-a'"), ElementsAre("c", "a"));
  EXPECT_THAT(Find("run_id IN ('" + a + "', 'x')"), ElementsAre("a"));
  EXPECT_THAT(Find("run_id NOT IN ('" + a + "')"), ElementsAre("c", "b"));
  EXPECT_THAT(Find("artifact_uri LIKE '%" + b + "/artifacts'"), ElementsAre("b"));
  EXPECT_THAT(Find("NOT metrics.acc > 0.6"), ElementsAre("c", "a"));
}

TEST_P(RunSearchTest, ComparesTheLatestValue) {
  const RunId a = Named("a");
  Log(a, "acc", 0.9, 1);
  Settle();
  Log(a, "acc", 0.1, 2);
  Log(a, "acc", 0.8, 0);
  EXPECT_THAT(Find("metrics.acc < 0.5"), ElementsAre("a"));
  MergeAll();
  EXPECT_THAT(Find("metrics.acc < 0.5"), ElementsAre("a"));
}

TEST_P(RunSearchTest, LetsNanBeUnequalAndNothingElse) {
  const RunId a = Named("a");
  Log(a, "acc", kNan);
  EXPECT_THAT(Find("metrics.acc = 0"), IsEmpty());
  EXPECT_THAT(Find("metrics.acc > 0"), IsEmpty());
  EXPECT_THAT(Find("metrics.acc != 0"), ElementsAre("a"));
}

TEST_P(RunSearchTest, PutsNanAndThenMissingLastInBothDirections) {
  const RunId low = Named("low");
  const RunId high = Named("high");
  const RunId nan = Named("nan");
  Named("missing");
  Log(low, "acc", -std::numeric_limits<double>::infinity());
  Log(high, "acc", 3);
  Log(nan, "acc", kNan);
  EXPECT_THAT(Find("", {"metrics.acc"}), ElementsAre("low", "high", "nan", "missing"));
  EXPECT_THAT(Find("", {"metrics.acc DESC"}), ElementsAre("high", "low", "nan", "missing"));
}

TEST_P(RunSearchTest, OrdersTextsAndBreaksTiesByNewestStart) {
  for (const std::string value : {"b", "a", "b"}) {
    const RunId run = Named("r" + value);
    EXPECT_DONE(runs().LogParam(run, {"p", value}));
  }
  const RunId last = Named("last");
  EXPECT_DONE(runs().LogParam(last, {"p", "b"}));
  Named("none");
  EXPECT_THAT(Find("", {"params.p"}), ElementsAre("ra", "last", "rb", "rb", "none"));
  EXPECT_THAT(Find("", {"params.p DESC"}), ElementsAre("last", "rb", "rb", "ra", "none"));
  EXPECT_THAT(Find("", {"run_name"}), ElementsAre("last", "none", "ra", "rb", "rb"));
  EXPECT_THAT(Find("", {"start_time ASC"}).front(), "rb");
}

TEST_P(RunSearchTest, SeesDatasets) {
  const RunId a = Named("a");
  const RunId b = Named("b");
  Named("c");
  const Dataset iris{"iris", "d1", "local", "x", std::nullopt, std::nullopt};
  const Dataset wine{"wine", "d2", "local", "x", std::nullopt, std::nullopt};
  EXPECT_DONE(runs().LogInputs(a, {{{iris, {{"mlflow.data.context", "train"}}}}, {}}));
  EXPECT_DONE(runs().LogInputs(b, {{{wine, {}}}, {}}));
  EXPECT_THAT(Find("dataset.name = 'iris'"), ElementsAre("a"));
  EXPECT_THAT(Find("datasets.digest IN ('d1', 'd2')"), ElementsAre("b", "a"));
  EXPECT_THAT(Find("dataset.context = 'train'"), ElementsAre("a"));
  EXPECT_THAT(Find("dataset.name != 'iris'"), ElementsAre("b"));
}

TEST_P(RunSearchTest, LooksAtOneStage) {
  const RunId a = Named("a");
  Named("b");
  Settle();
  EXPECT_DONE(runs().Delete(a));
  RunSearch search;
  search.experiment_ids = {0};
  EXPECT_THAT(Names(search), ElementsAre("b"));
  search.stage = StageFilter::kDeletedOnly;
  EXPECT_THAT(Names(search), ElementsAre("a"));
  search.stage = StageFilter::kAll;
  EXPECT_THAT(Names(search), ElementsAre("b", "a"));
}

TEST_P(RunSearchTest, FollowsTheLifeOfTheExperiment) {
  const ExperimentId id = *experiments().Create({"churn", "", {}});
  Named("a", id);
  Settle();
  EXPECT_DONE(experiments().Delete(id));
  RunSearch search;
  search.experiment_ids = {id};
  EXPECT_THAT(Names(search), IsEmpty());
  EXPECT_DONE(experiments().Restore(id));
  EXPECT_THAT(Names(search), ElementsAre("a"));
}

TEST_P(RunSearchTest, ForgetsDeletedTags) {
  const RunId a = Named("a");
  EXPECT_DONE(runs().SetTag(a, {"team", "x"}));
  EXPECT_THAT(Find("tags.team = 'x'"), ElementsAre("a"));
  EXPECT_DONE(runs().DeleteTag(a, "team"));
  EXPECT_THAT(Find("tags.team = 'x'"), IsEmpty());
  EXPECT_THAT(Find("tags.team IS NULL"), ElementsAre("a"));
}

TEST_P(RunSearchTest, MergesExperiments) {
  const ExperimentId id = *experiments().Create({"churn", "", {}});
  Named("a", 0);
  Named("b", id);
  Named("c", 0);
  RunSearch search;
  EXPECT_THAT(Names(search), IsEmpty());
  search.experiment_ids = {0, id, 0, 999};
  EXPECT_THAT(Names(search), ElementsAre("c", "b", "a"));
}

TEST_P(RunSearchTest, PagesWithoutGapsOrRepeats) {
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string name = "r" + std::to_string(i);
    const RunId run = Named(name);
    Log(run, "acc", i / 5);  // ties
    expected.push_back(name);
  }
  RunSearch search;
  search.experiment_ids = {0};
  search.order_by = {"metrics.acc DESC"};
  search.max_results = 7;
  Settle();
  std::vector<std::string> seen;
  do {
    const auto page = runs().Search(search);
    ASSERT_TRUE(page.ok()) << page.error().ToString();
    for (const RunData& run : page->runs) seen.push_back(run.info.name);
    search.page_token = page->next_page_token;
  } while (!search.page_token.empty());
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(seen, expected);
}

TEST_P(RunSearchTest, RefusesForeignTokensAndBadSizes) {
  for (int i = 0; i < 3; ++i) Named("r");
  RunSearch search;
  search.experiment_ids = {0};
  search.max_results = 1;
  const auto page = runs().Search(search);
  ASSERT_TRUE(page.ok());
  search.page_token = page->next_page_token;
  search.filter = "metrics.x > 1";
  EXPECT_THAT(runs().Search(search), HasReason("bad_page_token"));
  search.page_token = "%%%";
  EXPECT_THAT(runs().Search(search), HasReason("bad_page_token"));
  search.max_results = 0;
  EXPECT_THAT(runs().Search(search), HasReason("bad_max_results"));
  search.max_results = 50'001;
  EXPECT_THAT(runs().Search(search), HasReason("bad_max_results"));
}

TEST_P(RunSearchTest, GivesWholeRuns) {
  const RunId a = Named("a");
  Log(a, "acc", 0.5);
  EXPECT_DONE(runs().LogParam(a, {"p", "1"}));
  RunSearch search;
  search.experiment_ids = {0};
  Settle();
  const auto page = runs().Search(search);
  ASSERT_THAT(page->runs, testing::SizeIs(1));
  EXPECT_THAT(page->runs[0].metrics, testing::SizeIs(1));
  EXPECT_THAT(page->runs[0].params, ElementsAre(Param{"p", "1"}));
  EXPECT_THAT(page->next_page_token, IsEmpty());
}

TEST_P(RunSearchTest, KeepsItsColumnsOverARestart) {
  const RunId a = Named("a");
  Log(a, "acc", 0.5);
  Settle();
  const RunId b = Named("b");
  Log(b, "acc", 0.6);
  Restart();
  EXPECT_THAT(Find("metrics.acc > 0.4"), ElementsAre("b", "a"));
  Log(a, "acc", 0.1, 9);
  EXPECT_THAT(Find("metrics.acc > 0.4"), ElementsAre("b"));
}

TEST_P(RunSearchTest, BuildsItsColumnsAnewWhenTheFileIsGone) {
  const RunId a = Named("a");
  Log(a, "acc", 0.5);
  Settle();
  Stop();
  for (const char* name : {"search.db", "search.db-wal", "search.db-shm"}) {
    std::filesystem::remove(folder() / name);
  }
  Start();
  EXPECT_THAT(Find("metrics.acc > 0.4"), ElementsAre("a"));
  Named("b");
  EXPECT_THAT(Find(""), ElementsAre("b", "a"));
}

TEST_P(RunSearchTest, AgreesWithAPlainSortOverSeveralChunks) {
  std::mt19937 random(7);
  std::vector<std::pair<double, std::string>> expected;
  for (int i = 0; i < 1100; ++i) {
    const std::string name = "r" + std::to_string(i);
    const RunId run = Named(name);
    const double value = static_cast<double>(random() % 1'000'000);
    Log(run, "acc", value);
    if (value < 500'000) expected.emplace_back(-value, name);
    if (i == 600 && GetParam() == Mode::kLagging) ApplyColumns();
  }
  std::sort(expected.begin(), expected.end());
  const auto found = Find("metrics.acc < 500000", {"metrics.acc DESC"});
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected[i].second);
}

TEST_P(RunSearchTest, TellsOfLoggedRunsOnceTheyAreApplied) {
  std::vector<RunId> logged;
  const auto subscription = events().Subscribe<RunChanged>([&logged](const RunChanged& event) {
    if (event.kind == ChangeKind::kLogged) logged.push_back(event.run_id);
  });
  const RunId a = Named("a");
  Log(a, "acc", 1);
  ApplyColumns();
  EXPECT_THAT(logged, testing::Contains(a));
}

}  // namespace
}  // namespace yard::tracking
