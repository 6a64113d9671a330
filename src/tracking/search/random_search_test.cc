// The same random history of writes, searched with columns in every state and with rows only: the
// answers must be the same.
#include <random>

#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

class RandomSearchTest : public TrackingTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  template <typename T>
  const T& Pick(const std::vector<T>& items) {
    return items[random_() % items.size()];
  }

  void WriteSomething() {
    if (runs_made_.size() < 5 || random_() % 6 == 0) runs_made_.push_back(NewRunId());
    const RunId run = Pick(runs_made_);
    const std::string key = Pick<std::string>({"a", "b", "c"});
    const std::string value = Pick<std::string>({"x", "y", "xyz"});
    switch (random_() % 8) {
      case 0:
        (void)runs().LogParam(run, {key, value});
        break;
      case 1:
        (void)runs().SetTag(run, {key, value});
        break;
      case 2:
        (void)runs().DeleteTag(run, key);
        break;
      case 3:
        (void)(random_() % 2 == 0 ? runs().Delete(run) : runs().Restore(run));
        break;
      case 4:
        (void)runs().Update(run, {RunStatus::kFinished, clock().Now(), value});
        break;
      default:
        LogPoint(run, key);
    }
  }

  void LogPoint(const RunId& run, const std::string& key) {
    const double value = random_() % 10 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                             : static_cast<double>(random_() % 5);
    const MetricPoint point{key, value, static_cast<int64_t>(random_() % 4), base::Millis(1), "",
                            "",  ""};
    (void)runs().LogMetrics(run, {&point, 1});
  }

  std::vector<RunId> Find(const RunSearch& search) {
    const auto page = runs().Search(search);
    EXPECT_TRUE(page.ok()) << page.error().ToString();
    std::vector<RunId> ids;
    if (page.ok()) {
      for (const RunData& run : page->runs) ids.push_back(run.info.id);
    }
    return ids;
  }

  // With the columns taken away every run is read from rows.
  std::vector<RunId> FindInRows(const RunSearch& search) {
    auto columns = std::move(parts().search);
    auto keeper = std::move(parts().keeper);
    parts().keeper = std::make_unique<ColumnKeeper>(
        ColumnKeeper::Sources{parts().database, nullptr, parts().names, parts().tail, parts().dirty,
                              parts().log, parts().events});
    auto found = Find(search);
    parts().keeper = std::move(keeper);
    parts().search = std::move(columns);
    return found;
  }

  RunSearch SomeSearch() {
    RunSearch search;
    search.experiment_ids = {0};
    search.filter = Pick<std::string>(
        {"", "metrics.a > 1", "metrics.a != 2 AND metrics.b < 4", "params.a = 'x'",
         "params.b LIKE 'x%' OR tags.c = 'y'", "tags.a IS NULL", "NOT tags.a IS NULL",
         "status = 'FINISHED' AND metrics.c >= 0", "run_name = 'xyz'", "end_time > 0"});
    search.order_by = Pick<std::vector<std::string>>({{},
                                                      {"metrics.a DESC"},
                                                      {"metrics.b"},
                                                      {"params.a", "metrics.c DESC"},
                                                      {"tags.a DESC"},
                                                      {"end_time"}});
    search.stage =
        Pick<StageFilter>({StageFilter::kActiveOnly, StageFilter::kDeletedOnly, StageFilter::kAll});
    search.max_results = Pick<int>({1, 3, 1000});
    return search;
  }

  std::mt19937 random_{GetParam()};
  std::vector<RunId> runs_made_;
};

TEST_P(RandomSearchTest, FindsTheSameInColumnsAndRows) {
  // The background must not run while its parts are exchanged.
  parts().keeper->Stop();
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 10; ++i) WriteSomething();
    if (random_() % 3 == 0) ApplyColumns();
    if (random_() % 3 == 0) MergeAll();
    const RunSearch search = SomeSearch();
    ASSERT_EQ(Find(search), FindInRows(search)) << search.filter;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSearchTest, ::testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace yard::tracking
