#include "tracking/search/column_keeper.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "base/log.h"
#include "tracking/events.h"
#include "tracking/run_change.h"
#include "tracking/search/column_writer.h"
#include "tracking/search/run_values.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

constexpr std::chrono::milliseconds kPause(300);
constexpr size_t kRunsPerSlice = 512;
// The log of changes is trimmed in steps, because each trim is a commit.
constexpr int64_t kTrimEvery = 256;

// How far the columns are.
struct Applied {
  int64_t change = 0;
  int64_t built_through = 0;
  bool is_built = false;
  std::string source;
};

base::Result<std::optional<Applied>> ReadApplied(storage::Database& search) {
  return search.Read([](storage::Snapshot& snapshot) -> base::Result<std::optional<Applied>> {
    YARD_ASSIGN_OR_RETURN(
        const auto row,
        snapshot.QueryOne(
            "SELECT change, built_through, is_built, source FROM applied WHERE one = 1"));
    if (!row) return std::optional<Applied>();
    return std::optional<Applied>(
        Applied{row->Integer(0), row->Integer(1), row->Integer(2) != 0, row->Text(3)});
  });
}

base::Result<void> WriteApplied(storage::Transaction& transaction, const Applied& applied) {
  return WithoutCount(transaction.Run(
      "INSERT INTO applied (one, change, built_through, is_built, source) VALUES (1, ?, ?, ?, ?) "
      "ON CONFLICT (one) DO UPDATE SET change = excluded.change, built_through = "
      "excluded.built_through, is_built = excluded.is_built, source = excluded.source",
      applied.change, applied.built_through, applied.is_built, applied.source));
}

// What the truth file says about itself and its log of changes.
struct TruthState {
  std::string source;
  int64_t first_change = 0;
  int64_t last_change = 0;
};

base::Result<TruthState> ReadTruthState(storage::Database& truth) {
  return truth.Read([](storage::Snapshot& snapshot) -> base::Result<TruthState> {
    YARD_ASSIGN_OR_RETURN(const auto born,
                          snapshot.QueryOne("SELECT created FROM experiment WHERE id = 0"));
    YARD_ASSIGN_OR_RETURN(
        const auto range,
        snapshot.QueryOne("SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM run_change"));
    return TruthState{born ? std::to_string(born->Integer(0)) : "", range->Integer(0),
                      range->Integer(1)};
  });
}

// Whether every change after what was applied is still in the log.
bool Continues(const Applied& applied, const TruthState& truth) {
  return applied.source == truth.source && applied.change <= truth.last_change &&
         truth.first_change <= applied.change + 1;
}

}  // namespace

ColumnKeeper::ColumnKeeper(const Sources& sources) : sources_(sources) {}

base::Result<void> ColumnKeeper::Resume() {
  if (sources_.search == nullptr) return {};
  YARD_ASSIGN_OR_RETURN(const TruthState truth, ReadTruthState(sources_.truth));
  YARD_ASSIGN_OR_RETURN(std::optional<Applied> applied, ReadApplied(*sources_.search));
  if (!applied || !Continues(*applied, truth)) {
    applied = Applied{truth.last_change, 0, false, truth.source};
    YARD_RETURN_IF_ERROR(
        sources_.search->Write([&](storage::Transaction& transaction) -> base::Result<void> {
          YARD_RETURN_IF_ERROR(transaction.Run("DELETE FROM run_column"));
          return WriteApplied(transaction, *applied);
        }));
  }
  applied_change_ = trimmed_change_ = applied->change;
  built_through_ = applied->built_through;
  is_built_ = applied->is_built;
  return sources_.truth.Read([this](storage::Snapshot& snapshot) {
    return snapshot.ForEach(
        "SELECT runs FROM run_change WHERE id > ?",
        [this](const storage::Row& row) -> base::Result<void> {
          YARD_ASSIGN_OR_RETURN(const auto runs, DecodeRunChange(row.Bytes(0)));
          sources_.dirty.Add(runs);
          return {};
        },
        applied_change_.load());
  });
}

void ColumnKeeper::Start() {
  loop_ = std::make_unique<BackgroundLoop>(kPause, [this] {
    const auto outcome = ApplyAll();
    if (outcome.ok()) return;
    base::Log(base::LogLevel::kWarning,
              "the search columns could not be brought up to date; searches read rows meanwhile",
              {{"error", outcome.error().ToString()}});
  });
}

void ColumnKeeper::Stop() {
  if (loop_) loop_->Stop();
}

void ColumnKeeper::Notify() {
  if (loop_) loop_->Notify();
}

base::Result<void> ColumnKeeper::ApplyAll() {
  std::lock_guard lock(applying_);
  YARD_RETURN_IF_ERROR(Build());
  if (sources_.dirty.fresh_count() == 0) return {};
  const auto outcome = ApplyGeneration();
  if (!outcome.ok()) sources_.dirty.AbandonGeneration();
  return outcome;
}

base::Result<void> ColumnKeeper::ApplyGeneration() {
  int64_t change = 0;
  // On the writer, so that no write falls between two generations.
  YARD_RETURN_IF_ERROR(
      sources_.truth.Write([this, &change](storage::Transaction&) -> base::Result<void> {
        change = sources_.log.StartGeneration();
        return {};
      }));
  std::vector<RunRef> runs = sources_.dirty.Generation();
  std::sort(runs.begin(), runs.end(), [](const RunRef& a, const RunRef& b) {
    return std::pair(a.experiment, a.ordinal) < std::pair(b.experiment, b.ordinal);
  });
  for (size_t start = 0; start < runs.size(); start += kRunsPerSlice) {
    const auto slice = std::span(runs).subspan(start, std::min(kRunsPerSlice, runs.size() - start));
    YARD_ASSIGN_OR_RETURN(const std::vector<RunValues> values, ReadValues(slice));
    const bool is_last = start + kRunsPerSlice >= runs.size();
    const int64_t applied = is_last ? change : applied_change_.load();
    YARD_RETURN_IF_ERROR(Store(values, applied, built_through_, is_built_));
    PublishLogged(values);
  }
  sources_.dirty.FinishGeneration();
  return TrimLog();
}

base::Result<void> ColumnKeeper::Build() {
  if (sources_.search == nullptr) return {};
  while (!is_built_) {
    std::vector<RunRef> runs;
    YARD_RETURN_IF_ERROR(sources_.truth.Read([&](storage::Snapshot& snapshot) {
      return snapshot.ForEach(
          "SELECT id, experiment, ordinal FROM run WHERE id > ? ORDER BY id LIMIT ?",
          [&runs](const storage::Row& row) -> base::Result<void> {
            runs.push_back({row.Integer(0), row.Integer(1), row.Integer(2)});
            return {};
          },
          built_through_.load(), kRunsPerSlice);
    }));
    YARD_ASSIGN_OR_RETURN(const std::vector<RunValues> values, ReadValues(runs));
    const int64_t through = runs.empty() ? built_through_.load() : runs.back().run;
    // A run that comes after this slice was read is in the log of changes.
    const bool is_complete = runs.size() < kRunsPerSlice;
    YARD_RETURN_IF_ERROR(Store(values, applied_change_, through, is_complete));
    built_through_ = through;
    is_built_ = is_complete;
  }
  return {};
}

base::Result<std::vector<RunValues>> ColumnKeeper::ReadValues(std::span<const RunRef> runs) {
  while (true) {
    const uint64_t epoch = sources_.tail.epoch();
    std::vector<RunValues> values;
    values.reserve(runs.size());
    YARD_RETURN_IF_ERROR(
        sources_.truth.Read([&](storage::Snapshot& snapshot) -> base::Result<void> {
          for (const RunRef& ref : runs) {
            YARD_ASSIGN_OR_RETURN(auto one, ReadRunValues(snapshot, sources_.tail, ref.run));
            if (one) values.push_back(*std::move(one));
          }
          return {};
        }));
    if (sources_.tail.epoch() == epoch) return values;
  }
}

base::Result<void> ColumnKeeper::Store(const std::vector<RunValues>& values, int64_t change,
                                       int64_t built_through, bool is_built) {
  if (sources_.search != nullptr) {
    YARD_RETURN_IF_ERROR(
        sources_.search->Write([&](storage::Transaction& transaction) -> base::Result<void> {
          YARD_RETURN_IF_ERROR(WriteColumns(transaction, values));
          return WithoutCount(
              transaction.Run("UPDATE applied SET change = ?, built_through = ?, is_built = ?",
                              change, built_through, is_built));
        }));
  }
  applied_change_ = change;
  return {};
}

base::Result<void> ColumnKeeper::TrimLog() {
  const int64_t change = applied_change_;
  if (change - trimmed_change_ < kTrimEvery) return {};
  trimmed_change_ = change;
  // The row of the last applied change stays, so that the log never starts over.
  return sources_.truth.Write([change](storage::Transaction& transaction) {
    return WithoutCount(transaction.Run("DELETE FROM run_change WHERE id < ?", change));
  });
}

void ColumnKeeper::PublishLogged(const std::vector<RunValues>& values) {
  for (const RunValues& run : values) {
    sources_.events.Publish(RunChanged{run.id, run.ref.experiment, ChangeKind::kLogged});
  }
}

}  // namespace yard::tracking
