// A killed process leaves its files as they are at that moment. The tests copy them while the
// store is open, and open the copy.
#include <filesystem>

#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::SizeIs;

// Another server on the files of a killed one.
class Survivor {
 public:
  explicit Survivor(const std::filesystem::path& killed)
      : folder_(killed.parent_path() / (killed.filename().string() + "-copy")) {
    std::filesystem::create_directory(folder_);
    for (const auto& file : std::filesystem::directory_iterator(killed)) {
      if (file.path().extension() == ".db-shm") continue;  // not kept over a crash
      std::filesystem::copy(file.path(), folder_ / file.path().filename());
    }
    database_ = *storage::OpenSqlite(folder_ / "modelyard.db");
    TrackingOptions options;
    options.search_path = folder_ / "search.db";
    store_ = *TrackingStore::Open(*database_, clock_, events_, options);
  }
  ~Survivor() {
    store_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  RunService runs() { return RunService(*store_); }
  TrackingStore::Parts& parts() { return store_->parts(); }

 private:
  std::filesystem::path folder_;
  base::ManualClock clock_;
  base::EventBus events_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<TrackingStore> store_;
};

class TrackingCrashTest : public TrackingTest {
 protected:
  static size_t CountAbove(Survivor& survivor, const std::string& filter) {
    RunSearch search;
    search.experiment_ids = {0};
    search.filter = filter;
    const auto page = survivor.runs().Search(search);
    EXPECT_TRUE(page.ok());
    return page.ok() ? page->runs.size() : 0;
  }
};

TEST_F(TrackingCrashTest, KeepsPointsThatWereAcknowledgedButNotMerged) {
  const RunId run = NewRunId();
  for (int step = 0; step < 50; ++step) Log(run, "loss", 1.0 / (step + 1), step);
  MergeAll();
  for (int step = 50; step < 80; ++step) Log(run, "loss", 1.0 / (step + 1), step);
  Survivor survivor(folder());
  EXPECT_THAT(survivor.runs().History({run, "loss", std::nullopt, ""})->points, SizeIs(80));
  EXPECT_EQ(survivor.runs().Get(run)->metrics.at(0).point.step, 79);
}

TEST_F(TrackingCrashTest, FindsWhatTheColumnsDidNotHaveYet) {
  const RunId applied = NewRunId();
  Log(applied, "acc", 0.9);
  ApplyColumns();
  Log(applied, "acc", 0.1, 5);  // its column is old now
  const RunId late = NewRunId();
  Log(late, "acc", 0.8);
  Survivor survivor(folder());
  EXPECT_EQ(CountAbove(survivor, "metrics.acc > 0.5"), 1U);
  EXPECT_EQ(CountAbove(survivor, "metrics.acc < 0.5"), 1U);
  ASSERT_TRUE(survivor.parts().keeper->ApplyAll().ok());
  EXPECT_EQ(CountAbove(survivor, "metrics.acc > 0.5"), 1U);
  EXPECT_EQ(CountAbove(survivor, "metrics.acc < 0.5"), 1U);
}

TEST_F(TrackingCrashTest, BuildsColumnsAnewWhenTheyBelongToAnotherTruth) {
  const RunId run = NewRunId();
  Log(run, "acc", 0.9);
  ApplyColumns();
  Stop();
  std::filesystem::remove(folder() / "modelyard.db");
  std::filesystem::remove(folder() / "modelyard.db-wal");
  clock().Advance(std::chrono::seconds(1));
  Start();
  RunSearch search;
  search.experiment_ids = {0};
  EXPECT_THAT(runs().Search(search)->runs, SizeIs(0));
}

TEST_F(TrackingCrashTest, HoldsWhatWasAcknowledgedAndNoMoreWhenTheDiskIsFull) {
  Stop();
  std::filesystem::remove(folder() / "modelyard.db");
  std::filesystem::remove(folder() / "modelyard.db-wal");
  database_options_.max_pages = 150;
  Start();
  const RunId run = NewRunId();
  size_t acknowledged = 0;
  base::Result<void> outcome;
  for (int batch = 0; outcome.ok() && batch < 1000; ++batch) {
    std::vector<MetricPoint> points;
    for (int i = 0; i < 1000; ++i) {
      const int step = batch * 1000 + i;
      points.push_back({"loss", 1.0 / (step + 1), step, base::Millis(step), "", "", ""});
    }
    outcome = runs().LogMetrics(run, points);
    if (outcome.ok()) acknowledged += points.size();
  }
  EXPECT_THAT(outcome, HasReason("disk_full"));
  EXPECT_EQ(History(run, "loss").size(), acknowledged);
  database_options_.max_pages = 0;
  Restart();
  EXPECT_EQ(History(run, "loss").size(), acknowledged);
}

TEST_F(TrackingCrashTest, MakesADamagedSearchFileAnew) {
  const RunId run = NewRunId();
  Log(run, "acc", 0.9);
  ApplyColumns();
  Stop();
  std::filesystem::resize_file(folder() / "search.db", 1000);
  Start();
  RunSearch search;
  search.experiment_ids = {0};
  search.filter = "metrics.acc > 0.5";
  EXPECT_THAT(runs().Search(search)->runs, SizeIs(1));
}

}  // namespace
}  // namespace yard::tracking
