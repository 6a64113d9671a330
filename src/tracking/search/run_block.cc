#include "tracking/search/run_block.h"

#include <utility>

namespace yard::tracking {
namespace {

class ColumnBlock final : public RunBlock {
 public:
  ColumnBlock(storage::Snapshot& search, ExperimentId experiment, int64_t chunk)
      : search_(search), experiment_(experiment), chunk_(chunk) {}

  size_t size() const override { return kChunkRuns; }
  int64_t OrdinalAt(size_t slot) const override {
    return chunk_ * kChunkRuns + static_cast<int64_t>(slot);
  }

  base::Result<NumberColumn> Numbers(const ColumnKey& key) override {
    YARD_ASSIGN_OR_RETURN(const auto row, Read(key));
    if (!row) return NumberColumn();
    return NumberColumn::Decode(row->Bytes(0));
  }

  base::Result<TextColumn> Texts(const ColumnKey& key) override {
    YARD_ASSIGN_OR_RETURN(const auto row, Read(key));
    if (!row) return TextColumn();
    return TextColumn::Decode(row->Bytes(0));
  }

 private:
  base::Result<std::optional<storage::OwnedRow>> Read(const ColumnKey& key) {
    return search_.QueryOne(
        "SELECT data FROM run_column WHERE experiment = ? AND kind = ? AND key = ? AND chunk = ?",
        experiment_, static_cast<int>(key.kind), key.key, chunk_);
  }

  storage::Snapshot& search_;
  ExperimentId experiment_;
  int64_t chunk_;
};

class RowBlock final : public RunBlock {
 public:
  RowBlock(storage::Snapshot& truth, const Tail& tail, std::vector<RunValues> runs)
      : truth_(truth), tail_(tail), runs_(std::move(runs)) {}

  size_t size() const override { return runs_.size(); }
  int64_t OrdinalAt(size_t slot) const override { return runs_[slot].ref.ordinal; }

  base::Result<NumberColumn> Numbers(const ColumnKey& key) override {
    NumberColumn column(runs_.size());
    for (size_t slot = 0; slot < runs_.size(); ++slot) {
      if (key.kind == ColumnKind::kMetric) {
        YARD_ASSIGN_OR_RETURN(const auto value, Metric(runs_[slot].ref.run, key.key));
        column.Set(slot, value);
      } else if (const auto found = runs_[slot].numbers.find(key);
                 found != runs_[slot].numbers.end()) {
        column.Set(slot, found->second);
      }
    }
    return column;
  }

  base::Result<TextColumn> Texts(const ColumnKey& key) override {
    TextColumn column(runs_.size());
    for (size_t slot = 0; slot < runs_.size(); ++slot) {
      if (key.kind != ColumnKind::kTextAttribute) {
        YARD_ASSIGN_OR_RETURN(const auto text, Text(runs_[slot].ref.run, key));
        column.Set(slot, text);
      } else if (const auto found = runs_[slot].texts.find(key); found != runs_[slot].texts.end()) {
        column.Set(slot, found->second);
      }
    }
    return column;
  }

 private:
  base::Result<std::optional<double>> Metric(RunNumber run, NameId key) {
    std::optional<StoredPoint> latest = tail_.Latest(run, key);
    YARD_ASSIGN_OR_RETURN(const auto row,
                          truth_.QueryOne("SELECT data FROM metric_latest WHERE run = ?", run));
    if (row) {
      YARD_ASSIGN_OR_RETURN(const LatestByKey merged, DecodeLatest(row->Bytes(0)));
      const auto found = merged.find(key);
      if (found != merged.end() && (!latest || ComesBefore(*latest, found->second))) {
        latest = found->second;
      }
    }
    if (!latest) return std::optional<double>();
    return std::optional<double>(latest->value);
  }

  base::Result<std::optional<std::string>> Text(RunNumber run, const ColumnKey& key) {
    const std::string_view sql = key.kind == ColumnKind::kParam
                                     ? "SELECT value FROM run_param WHERE run = ? AND key = ?"
                                     : "SELECT value FROM run_tag WHERE run = ? AND key = ?";
    YARD_ASSIGN_OR_RETURN(const auto row, truth_.QueryOne(sql, run, key.key));
    if (!row) return std::optional<std::string>();
    return std::optional<std::string>(row->Text(0));
  }

  storage::Snapshot& truth_;
  const Tail& tail_;
  std::vector<RunValues> runs_;
};

}  // namespace

std::unique_ptr<RunBlock> MakeColumnBlock(storage::Snapshot& search, ExperimentId experiment,
                                          int64_t chunk) {
  return std::make_unique<ColumnBlock>(search, experiment, chunk);
}

base::Result<std::unique_ptr<RunBlock>> MakeRowBlock(storage::Snapshot& truth, const Tail& tail,
                                                     std::span<const RunRef> runs) {
  std::vector<RunValues> values;
  values.reserve(runs.size());
  for (const RunRef& ref : runs) {
    YARD_ASSIGN_OR_RETURN(auto one, ReadRunAttributes(truth, ref.run));
    if (one) values.push_back(*std::move(one));
  }
  return std::unique_ptr<RunBlock>(std::make_unique<RowBlock>(truth, tail, std::move(values)));
}

}  // namespace yard::tracking
