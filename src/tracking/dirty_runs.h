#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "tracking/experiment.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// Where a run lies: its number, and its place in the columns of its experiment.
struct RunRef {
  RunNumber run = 0;
  ExperimentId experiment = 0;
  int64_t ordinal = 0;
};

/// The runs whose search columns are older than the truth. A search reads these from rows instead.
/// Thread-safe.
///
/// Runs come in as fresh; the keeper of the columns takes all of them as one generation, brings the
/// columns up to date, and lets the generation go.
class DirtyRuns {
 public:
  /// After the commit that changed them.
  void Add(std::span<const RunRef> runs);
  /// Fresh ones become the generation that is being applied. One at a time.
  void StartGeneration();
  std::vector<RunRef> Generation() const;
  void FinishGeneration();
  /// The generation could not be applied: it is fresh again.
  void AbandonGeneration();

  /// Every dirty run of that experiment.
  std::vector<RunRef> OfExperiment(ExperimentId experiment) const;

  size_t fresh_count() const;

 private:
  using Runs = std::unordered_map<RunNumber, RunRef>;
  mutable std::mutex mutex_;
  Runs fresh_;
  Runs applying_;
};

}  // namespace yard::tracking
