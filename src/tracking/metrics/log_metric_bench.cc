// What a logged metric costs in process, from the call to the durable answer. `writer_us` is the
// CPU of the writer thread a call, `flushes` how many calls shared a flush of the disk.
#include <atomic>
#include <ctime>
#include <filesystem>
#include <semaphore>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/ids.h"
#include "storage/sqlite_database.h"
#include "tracking/run_service.h"
#include "tracking/tracking_parts.h"
#include "tracking/tracking_store.h"

namespace yard::tracking {
namespace {

constexpr int kActiveRuns = 1000;
constexpr int kKeys = 10;

class Room {
 public:
  Room() : folder_(std::filesystem::temp_directory_path() / ("yard-bench-" + base::RandomHex(8))) {
    std::filesystem::create_directory(folder_);
    database_ = *storage::OpenSqlite(folder_ / "modelyard.db");
    TrackingOptions options;
    options.search_path = folder_ / "search.db";
    store_ = *TrackingStore::Open(*database_, clock_, events_, options);
    runs_.emplace(*store_);
    for (int i = 0; i < kActiveRuns; ++i) ids_.push_back(runs_->Create(NewRun{})->info.id);
  }
  ~Room() {
    store_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  RunService& runs() { return *runs_; }
  const RunId& id(int64_t i) const { return ids_[static_cast<size_t>(i % kActiveRuns)]; }

  double WriterSeconds() {
    double seconds = 0;
    (void)database_->Write([&seconds](storage::Transaction&) -> base::Result<void> {
      timespec time{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      seconds = static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
      return {};
    });
    return seconds;
  }

 private:
  std::filesystem::path folder_;
  base::SystemClock clock_;
  base::EventBus events_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<TrackingStore> store_;
  std::optional<RunService> runs_;
  std::vector<RunId> ids_;
};

MetricPoint PointAt(int64_t i) {
  return {"key" + std::to_string(i % kKeys),
          1.0 / static_cast<double>(i + 1),
          i,
          base::Millis(1'700'000'000'000 + i),
          "",
          "",
          ""};
}

// range(0) calls are on their way at any time, as with so many clients.
void LogMetric(benchmark::State& state) {
  Room room;
  const auto clients = state.range(0);
  std::counting_semaphore<1024> free_clients(clients);
  std::atomic<int64_t> failed{0};
  int64_t i = 0;
  const double before = room.WriterSeconds();
  for (auto unused : state) {
    free_clients.acquire();
    room.runs().LogMetricsAsync(room.id(i), {PointAt(i)}, [&](const base::Result<void>& outcome) {
      if (!outcome.ok()) ++failed;
      free_clients.release();
    });
    ++i;
  }
  for (int64_t client = 0; client < clients; ++client) free_clients.acquire();
  const double spent = room.WriterSeconds() - before;
  state.SetItemsProcessed(i);
  state.counters["writer_us"] = spent * 1e6 / static_cast<double>(i);
  state.counters["failed"] = static_cast<double>(failed.load());
}
BENCHMARK(LogMetric)->Arg(1)->Arg(8)->Arg(32)->Arg(256)->UseRealTime();

// One batch of 1000 points: range(0) keys.
void LogBatch(benchmark::State& state) {
  Room room;
  const auto keys = state.range(0);
  int64_t i = 0;
  for (auto unused : state) {
    state.PauseTiming();
    RunBatch batch;
    for (int64_t p = 0; p < 1000; ++p) {
      MetricPoint point = PointAt(i * 1000 + p);
      point.key = "key" + std::to_string(p % keys);
      batch.metrics.push_back(std::move(point));
    }
    state.ResumeTiming();
    if (!room.runs().LogBatch(room.id(i), batch).ok()) state.SkipWithError("a batch failed");
    ++i;
  }
  state.SetItemsProcessed(i * 1000);
}
BENCHMARK(LogBatch)->Arg(1)->Arg(1000)->UseRealTime();

void ReadHistory(benchmark::State& state) {
  Room room;
  for (int64_t i = 0; i < 100; ++i) {
    RunBatch batch;
    for (int64_t p = 0; p < 1000; ++p) {
      MetricPoint point = PointAt(i * 1000 + p);
      point.key = "loss";
      batch.metrics.push_back(std::move(point));
    }
    if (!room.runs().LogBatch(room.id(0), batch).ok()) state.SkipWithError("a batch failed");
  }
  for (auto unused : state) {
    auto history = room.runs().History({room.id(0), "loss", std::nullopt, ""});
    benchmark::DoNotOptimize(history);
  }
  state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK(ReadHistory)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace yard::tracking
