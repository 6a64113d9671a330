#include "tracking/dirty_runs.h"

#include <utility>

namespace yard::tracking {

void DirtyRuns::Add(std::span<const RunRef> runs) {
  std::lock_guard lock(mutex_);
  for (const RunRef& ref : runs) fresh_.insert_or_assign(ref.run, ref);
}

void DirtyRuns::StartGeneration() {
  std::lock_guard lock(mutex_);
  applying_.merge(std::exchange(fresh_, {}));
}

std::vector<RunRef> DirtyRuns::Generation() const {
  std::lock_guard lock(mutex_);
  std::vector<RunRef> runs;
  runs.reserve(applying_.size());
  for (const auto& [number, ref] : applying_) runs.push_back(ref);
  return runs;
}

void DirtyRuns::FinishGeneration() {
  std::lock_guard lock(mutex_);
  applying_ = {};
}

void DirtyRuns::AbandonGeneration() {
  std::lock_guard lock(mutex_);
  fresh_.merge(std::exchange(applying_, {}));
}

std::vector<RunRef> DirtyRuns::OfExperiment(ExperimentId experiment) const {
  std::lock_guard lock(mutex_);
  std::vector<RunRef> runs;
  for (const Runs* part : {&fresh_, &applying_}) {
    for (const auto& [number, ref] : *part) {
      if (ref.experiment != experiment) continue;
      if (part == &applying_ && fresh_.contains(number)) continue;
      runs.push_back(ref);
    }
  }
  return runs;
}

size_t DirtyRuns::fresh_count() const {
  std::lock_guard lock(mutex_);
  return fresh_.size();
}

}  // namespace yard::tracking
