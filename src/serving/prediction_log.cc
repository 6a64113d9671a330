#include "serving/prediction_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/events.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "serving/events.h"
#include "serving/prediction_store.h"
#include "storage/database.h"

namespace yard::serving {

std::string PredictionRecord::PredictionText() const {
  if (!text.empty()) return text;
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

class PredictionLog::Impl {
 public:
  Impl(storage::Database& database, const base::Clock& clock, const base::EventBus& events,
       base::Telemetry& telemetry, PredictionLogOptions options)
      : database_(database),
        clock_(clock),
        events_(events),
        options_(options),
        dropped_total_(telemetry
                           .CounterFamily("yard_prediction_log_dropped_total",
                                          "Predictions that were answered but not logged")
                           .With({})),
        logged_total_(telemetry
                          .CounterFamily("yard_prediction_log_rows_total",
                                         "Predictions written to the prediction log")
                          .With({})) {}

  ~Impl() { Stop(); }

  base::Result<void> Start() {
    const storage::SchemaComponent schema = PredictionSchema();
    YARD_RETURN_IF_ERROR(storage::Migrate(database_, clock_, {&schema, 1}));
    writer_ = std::thread([this] { Run(); });
    return {};
  }

  bool Append(std::vector<LoggedRow>& rows) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || queue_.size() + rows.size() > options_.queue_limit) {
        Drop(rows.size());
        return false;
      }
      was_empty = queue_.empty();
      std::move(rows.begin(), rows.end(), std::back_inserter(queue_));
      appended_ += rows.size();
    }
    if (was_empty) arrived_.notify_one();
    return true;
  }

  bool AppendOne(LoggedRow&& row) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || queue_.size() >= options_.queue_limit) {
        Drop(1);
        return false;
      }
      was_empty = queue_.empty();
      queue_.push_back(std::move(row));
      ++appended_;
    }
    if (was_empty) arrived_.notify_one();
    return true;
  }

  void Flush() {
    std::unique_lock lock(mutex_);
    const uint64_t target = appended_;
    if (finished_ >= target) return;
    hurried_ = true;
    arrived_.notify_one();
    flushed_.wait(lock, [&] { return finished_ >= target; });
  }

  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  base::Result<int64_t> RemoveExpired() {
    if (options_.retention.count() == 0) return int64_t{0};
    constexpr int64_t kSlice = 10'000;
    const auto keep = std::chrono::duration_cast<std::chrono::milliseconds>(options_.retention);
    const base::Millis limit(clock_.Now().value - keep.count());
    int64_t total = 0;
    int64_t removed = 0;
    do {
      YARD_ASSIGN_OR_RETURN(removed, database_.Write([&](storage::Transaction& transaction) {
        return PredictionWriter(transaction).RemoveExpired(limit, kSlice);
      }));
      total += removed;
    } while (removed >= kSlice);
    return total;
  }

  storage::Database& database() { return database_; }

 private:
  void Drop(size_t count) {
    dropped_.fetch_add(count, std::memory_order_relaxed);
    dropped_total_.Add(static_cast<double>(count));
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_one();
    if (writer_.joinable()) writer_.join();
  }

  void Run() {
    while (true) {
      const std::vector<LoggedRow> rows = TakeRows();
      if (rows.empty()) return;
      for (size_t begin = 0; begin < rows.size(); begin += options_.batch_limit) {
        const size_t size = std::min(options_.batch_limit, rows.size() - begin);
        WriteBatch(std::span(rows).subspan(begin, size));
      }
      RemoveExpiredWhenDue();
      Finish(rows.size());
    }
  }

  /// Waits for rows and gives them time to gather; empty when the log stops.
  std::vector<LoggedRow> TakeRows() {
    std::vector<LoggedRow> rows;
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    arrived_.wait_for(lock, options_.gather_time, [&] {
      return stopping_ || hurried_ || queue_.size() >= options_.batch_limit;
    });
    hurried_ = false;
    rows.swap(queue_);
    return rows;
  }

  void Finish(size_t count) {
    {
      const std::lock_guard lock(mutex_);
      finished_ += count;
    }
    flushed_.notify_all();
  }

  void WriteBatch(std::span<const LoggedRow> rows) {
    const auto written = database_.Write(
        [&](storage::Transaction& transaction) { return Insert(transaction, rows); });
    if (!written.ok()) {
      Drop(rows.size());
      base::Log(base::LogLevel::kError, "predictions could not be logged",
                {{"rows", std::to_string(rows.size())}, {"error", written.error().ToString()}});
      return;
    }
    logged_total_.Add(static_cast<double>(rows.size()));
    Publish(rows);
  }

  base::Result<void> Insert(storage::Transaction& transaction, std::span<const LoggedRow> rows) {
    PredictionWriter writer(transaction);
    YARD_ASSIGN_OR_RETURN(int64_t sequence, writer.NextSequence());
    const base::Millis now = clock_.Now();
    for (const auto& row : rows) YARD_RETURN_IF_ERROR(writer.Insert(row, sequence++, now));
    return writer.SetNextSequence(sequence);
  }

  void Publish(std::span<const LoggedRow> rows) const {
    std::map<std::string_view, PredictionsLogged> batches;
    for (const auto& row : rows) {
      auto& batch = batches[row.source->endpoint];
      batch.newest_event_time =
          batch.count == 0 ? row.event_time : std::max(batch.newest_event_time, row.event_time);
      ++batch.count;
    }
    for (auto& [endpoint, batch] : batches) {
      batch.endpoint = endpoint;
      events_.Publish(batch);
    }
  }

  void RemoveExpiredWhenDue() {
    const auto now = clock_.Steady();
    if (next_retention_check_ && now < *next_retention_check_) return;
    next_retention_check_ = now + options_.retention_check_every;
    if (const auto removed = RemoveExpired(); !removed.ok()) {
      base::Log(base::LogLevel::kWarning, "old predictions could not be removed",
                {{"error", removed.error().ToString()}});
    }
  }

  storage::Database& database_;
  const base::Clock& clock_;
  const base::EventBus& events_;
  const PredictionLogOptions options_;
  base::Counter& dropped_total_;
  base::Counter& logged_total_;
  std::atomic<uint64_t> dropped_{0};
  std::optional<std::chrono::steady_clock::time_point> next_retention_check_;  // writer only

  std::mutex mutex_;  // guards what follows, up to the thread
  std::condition_variable arrived_;
  std::condition_variable flushed_;
  std::vector<LoggedRow> queue_;
  uint64_t appended_ = 0;
  uint64_t finished_ = 0;  // written or given up
  bool hurried_ = false;
  bool stopping_ = false;
  std::thread writer_;
};

base::Result<std::unique_ptr<PredictionLog>> PredictionLog::Open(storage::Database& database,
                                                                 const base::Clock& clock,
                                                                 const base::EventBus& events,
                                                                 base::Telemetry& telemetry,
                                                                 PredictionLogOptions options) {
  auto impl = std::make_unique<Impl>(database, clock, events, telemetry, options);
  YARD_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<PredictionLog>(new PredictionLog(std::move(impl)));
}

PredictionLog::PredictionLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PredictionLog::~PredictionLog() = default;

bool PredictionLog::Append(LoggedRow row) { return impl_->AppendOne(std::move(row)); }
bool PredictionLog::AppendAll(std::vector<LoggedRow> rows) { return impl_->Append(rows); }
void PredictionLog::Flush() { impl_->Flush(); }
uint64_t PredictionLog::dropped() const { return impl_->dropped(); }
base::Result<int64_t> PredictionLog::RemoveExpired() { return impl_->RemoveExpired(); }

base::Result<void> PredictionLog::Scan(std::string_view endpoint, base::Millis from,
                                       base::Millis until, Visit visit) const {
  return impl_->database().Read([&](storage::Snapshot& snapshot) {
    return PredictionReader(snapshot).Scan(endpoint, from, until, visit);
  });
}

base::Result<std::vector<std::optional<PredictionRecord>>> PredictionLog::Find(
    std::span<const std::string> request_ids) const {
  using Found = std::vector<std::optional<PredictionRecord>>;
  return impl_->database().Read([&](storage::Snapshot& snapshot) -> base::Result<Found> {
    PredictionReader reader(snapshot);
    Found found;
    found.reserve(request_ids.size());
    for (const auto& request_id : request_ids) {
      YARD_ASSIGN_OR_RETURN(auto record, reader.Find(request_id));
      found.push_back(std::move(record));
    }
    return found;
  });
}

base::Result<std::vector<PredictionRecord>> PredictionLog::Newest(std::string_view endpoint,
                                                                  size_t limit) const {
  return impl_->database().Read([&](storage::Snapshot& snapshot) {
    return PredictionReader(snapshot).Newest(endpoint, limit);
  });
}

base::Result<std::optional<PredictionLog::Extent>> PredictionLog::ExtentOf(
    std::string_view endpoint) const {
  return impl_->database().Read(
      [&](storage::Snapshot& snapshot) { return PredictionReader(snapshot).ExtentOf(endpoint); });
}

}  // namespace yard::serving
