// Searches over range(0) runs of one experiment with 20 metrics, 20 params and 5 tags each, once
// the columns are up to date. The file cache is warm.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/ids.h"
#include "storage/sqlite_database.h"
#include "tracking/run_service.h"
#include "tracking/tracking_parts.h"
#include "tracking/tracking_store.h"

namespace yard::tracking {
namespace {

class Room {
 public:
  explicit Room(int64_t run_count)
      : folder_(std::filesystem::temp_directory_path() / ("yard-bench-" + base::RandomHex(8))) {
    std::filesystem::create_directory(folder_);
    storage::SqliteOptions database_options;
    database_options.durability = storage::Durability::kUnflushed;  // only searches are measured
    database_ = *storage::OpenSqlite(folder_ / "modelyard.db", database_options);
    TrackingOptions options;
    options.search_path = folder_ / "search.db";
    store_ = *TrackingStore::Open(*database_, clock_, events_, options);
    runs_.emplace(*store_);
    for (int64_t i = 0; i < run_count; ++i) AddRun(i);
    (void)store_->parts().merger->MergeAll();
    (void)store_->parts().keeper->ApplyAll();
  }
  ~Room() {
    store_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  RunService& runs() { return *runs_; }

 private:
  void AddRun(int64_t i) {
    NewRun request;
    request.start_time = base::Millis(1'700'000'000'000 + i);
    const RunId id = runs_->Create(request)->info.id;
    RunBatch batch;
    for (int64_t k = 0; k < 20; ++k) {
      const auto mixed = static_cast<double>((i * 7919 + k * 104729) % 1'000'003);
      batch.metrics.push_back({"m" + std::to_string(k), mixed, 1, base::Millis(1), "", "", ""});
      batch.params.push_back({"p" + std::to_string(k), std::to_string((i + k) % 50)});
    }
    for (int64_t k = 0; k < 5; ++k) batch.tags.push_back({"t" + std::to_string(k), "value"});
    (void)runs_->LogBatch(id, batch);
  }

  std::filesystem::path folder_;
  base::SystemClock clock_;
  base::EventBus events_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<TrackingStore> store_;
  std::optional<RunService> runs_;
};

void Search(benchmark::State& state, const std::string& filter,
            const std::vector<std::string>& order, int max_results) {
  static std::unique_ptr<Room> room;
  static int64_t room_size = 0;
  if (room_size != state.range(0)) {
    room.reset();
    room = std::make_unique<Room>(state.range(0));
    room_size = state.range(0);
  }
  RunSearch search;
  search.experiment_ids = {0};
  search.filter = filter;
  search.order_by = order;
  search.max_results = max_results;
  size_t found = 0;
  for (auto unused : state) {
    const auto page = room->runs().Search(search);
    if (!page.ok()) state.SkipWithError(page.error().message().c_str());
    found = page.ok() ? page->runs.size() : 0;
  }
  state.counters["found"] = static_cast<double>(found);
}

#define YARD_SEARCH_BENCH(name, ...) \
  BENCHMARK_CAPTURE(Search, name, __VA_ARGS__)->Arg(10'000)->Unit(benchmark::kMillisecond)

YARD_SEARCH_BENCH(top_1_by_metric, "", {"metrics.m0 DESC"}, 1);
YARD_SEARCH_BENCH(top_100_by_metric, "", {"metrics.m0 DESC"}, 100);
YARD_SEARCH_BENCH(newest_100, "", {}, 100);
YARD_SEARCH_BENCH(two_metrics_and_a_param,
                  "metrics.m0 > 100000 AND metrics.m1 < 900000 AND params.p3 = '7'",
                  {"metrics.m2 ASC"}, 100);
YARD_SEARCH_BENCH(nothing_matches, "metrics.m0 > 1e9", {}, 100);
YARD_SEARCH_BENCH(like, "params.p0 LIKE '%4%'", {}, 100);
YARD_SEARCH_BENCH(newest_1000, "", {}, 1000);

}  // namespace
}  // namespace yard::tracking
