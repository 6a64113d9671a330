// How many durable writes a second the group-committing writer takes, by writes in flight, and what
// one flush of the disk costs: the second explains the first. The files lie in TMPDIR: point it at
// the disk to be measured.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

/// As metric segments do it: one row for a whole group.
class Segments final : public GroupParticipant {
 public:
  void Gather(int64_t point) {
    data_.append(reinterpret_cast<const char*>(&point), sizeof point);
    data_.append(16, 'p');
  }
  void Mark() override { mark_ = data_.size(); }
  void Rewind() override { data_.resize(mark_); }
  base::Result<void> Flush(Transaction& transaction) override {
    if (data_.empty()) return {};
    Blob blob{std::move(data_)};
    auto outcome = transaction.Run("INSERT INTO segment (data) VALUES (?)", blob);
    data_ = std::move(blob.bytes);
    if (!outcome.ok()) return std::move(outcome).error();
    return {};
  }
  void Finish(bool) override { data_.clear(); }

 private:
  std::string data_;
  size_t mark_ = 0;
};

/// A database with the two kinds of write that matter: a point that joins the group's segment, and
/// a row of its own.
class Bench {
 public:
  Bench() {
    database_->AddParticipant(segments_);
    const auto outcome = database_->Write([](Transaction& transaction) {
      return transaction.RunScript(
          "CREATE TABLE segment (id INTEGER PRIMARY KEY, data BLOB) STRICT;"
          "CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT) STRICT;");
    });
    if (!outcome.ok()) std::abort();
  }

  Database& database() { return *database_; }
  Database::WriteFunction Point(int64_t value) {
    return [this, value](Transaction&) -> base::Result<void> {
      segments_.Gather(value);
      return {};
    };
  }
  static base::Result<void> Row(Transaction& transaction) {
    YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO row (text) VALUES (?)",
                                         "a row of some forty bytes, as params"));
    return {};
  }

 private:
  TemporaryFolder folder_;
  Segments segments_;
  std::unique_ptr<Database> database_ = OpenSqlite(folder_.path() / "bench.db").value();
};

/// Lets at most `limit` writes be on their way at once.
class InFlight {
 public:
  explicit InFlight(int64_t limit) : free_(limit), limit_(limit) {}
  void Take() {
    std::unique_lock lock(mutex_);
    change_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }
  void GiveBack() {
    std::lock_guard lock(mutex_);
    ++free_;
    if (free_ == 1 || free_ == limit_) change_.notify_one();
  }
  void WaitForAll() {
    std::unique_lock lock(mutex_);
    change_.wait(lock, [this] { return free_ == limit_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable change_;
  int64_t free_;
  const int64_t limit_;
};

template <typename MakeFunction>
void SubmitLoop(benchmark::State& state, Database& database, MakeFunction&& make) {
  InFlight in_flight(state.range(0));
  int64_t value = 0;
  for (auto _ : state) {
    in_flight.Take();
    database.Submit(make(++value), [&in_flight](base::Result<void>) { in_flight.GiveBack(); });
  }
  in_flight.WaitForAll();
  state.SetItemsProcessed(state.iterations());
}

void SubmitPoints(benchmark::State& state) {
  Bench bench;
  SubmitLoop(state, bench.database(), [&](int64_t value) { return bench.Point(value); });
}

void SubmitRows(benchmark::State& state) {
  Bench bench;
  SubmitLoop(state, bench.database(), [](int64_t) { return &Bench::Row; });
}

/// Callers that block, a thread each.
void WritePoints(benchmark::State& state) {
  static std::unique_ptr<Bench> bench;
  if (state.thread_index() == 0) bench = std::make_unique<Bench>();
  int64_t value = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        bench->database().Write([function = bench->Point(++value)](Transaction& transaction) {
          return function(transaction);
        }));
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) bench.reset();
}

void ReadOneRow(benchmark::State& state) {
  Bench bench;
  const auto inserted = bench.database().Write(&Bench::Row);
  for (auto _ : state) {
    auto row = bench.database().Read([](Snapshot& snapshot) {
      return snapshot.QueryOne("SELECT text FROM row WHERE id = ?", 1);
    });
    if (!inserted.ok() || !row.ok() || !row->has_value()) state.SkipWithError("no row");
  }
  state.SetItemsProcessed(state.iterations());
}

/// 4 KB written over an existing part of a file, then flushed: what one commit waits for.
void FlushOfTheDisk(benchmark::State& state) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "flush").string();
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::string page(4096, 'x');
  constexpr off_t kFileSize = 1 << 20;
  off_t offset = 0;
  for (; offset < kFileSize; offset += 4096)
    benchmark::DoNotOptimize(pwrite(file, page.data(), page.size(), offset));
  fdatasync(file);
  for (auto _ : state) {
    benchmark::DoNotOptimize(pwrite(file, page.data(), page.size(), offset % kFileSize));
    fdatasync(file);
    offset = (offset + 4096) % kFileSize;
  }
  close(file);
}

BENCHMARK(FlushOfTheDisk)->UseRealTime();
BENCHMARK(SubmitPoints)->ArgName("in_flight")->Arg(1)->Arg(8)->Arg(32)->Arg(256)->UseRealTime();
BENCHMARK(SubmitRows)->ArgName("in_flight")->Arg(1)->Arg(8)->Arg(32)->Arg(256)->UseRealTime();
BENCHMARK(WritePoints)->Threads(1)->Threads(8)->Threads(32)->UseRealTime();
BENCHMARK(ReadOneRow)->UseRealTime();

}  // namespace
}  // namespace yard::storage
