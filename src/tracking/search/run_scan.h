#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "tracking/name_table.h"
#include "tracking/search/candidate.h"
#include "tracking/search/run_block.h"
#include "tracking/search/run_query.h"

namespace yard::tracking {

/// Scans the runs of one experiment, block by block: what the filter lets through is offered to the
/// best candidates.
class RunScan {
 public:
  /// `after`: the last candidate of the page before; null on the first page. Reads from `truth`
  /// what the filter asks about names and datasets.
  static base::Result<RunScan> Start(storage::Snapshot& truth, NameTable& names,
                                     const RunQuery& query, StageFilter stage,
                                     const Candidate* after, BestCandidates& best,
                                     const CandidateOrder& order);

  /// The following blocks belong to that experiment.
  base::Result<void> EnterExperiment(storage::Snapshot& truth, ExperimentId experiment,
                                     std::string artifact_location);

  /// Slots whose ordinal is in `skip` are left out: newer values of them come in another block.
  base::Result<void> Visit(RunBlock& block, const std::unordered_set<int64_t>& skip);

 private:
  // One byte per slot: whether it holds.
  using Mask = std::vector<uint8_t>;
  using Ordinals = std::unordered_set<int64_t>;
  // What the order looks at: for each item a column of numbers or one of texts.
  struct OrderColumns {
    NumberColumn starts;
    std::vector<NumberColumn> numbers;
    std::vector<TextColumn> texts;
  };

  RunScan(const RunQuery& query, StageFilter stage, const Candidate* after, BestCandidates& best,
          const CandidateOrder& order)
      : query_(query), stage_(stage), after_(after), best_(best), order_(order) {}

  base::Result<NameId> Name(storage::Snapshot& truth, NameTable& names, const RunField& field);
  ColumnKey KeyOfField(const RunField& field, NameId name) const;
  base::Result<Mask> Present(RunBlock& block, const std::unordered_set<int64_t>& skip) const;
  base::Result<Mask> Holds(RunBlock& block, size_t comparison) const;
  base::Result<Mask> Holds(RunBlock& block, const FilterNode& node) const;
  base::Result<TextColumn> Texts(RunBlock& block, const RunField& field, NameId name) const;
  base::Result<OrderColumns> ReadOrderColumns(RunBlock& block) const;
  Candidate CandidateAt(const OrderColumns& columns, size_t slot) const;
  base::Result<void> OfferSlots(RunBlock& block, const Mask& mask);

  const RunQuery& query_;
  StageFilter stage_;
  const Candidate* after_;
  BestCandidates& best_;
  const CandidateOrder& order_;
  std::vector<NameId> filter_names_;  // of each comparison
  std::vector<NameId> order_names_;   // of each item of the order
  std::string artifact_location_;
  std::unordered_map<size_t, Ordinals> dataset_matches_;  // by comparison
};

}  // namespace yard::tracking
