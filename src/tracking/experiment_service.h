#pragma once

#include <string_view>

#include "base/result.h"
#include "tracking/experiment.h"
#include "tracking/search/search.h"

namespace yard::tracking {

class TrackingStore;

/// The rules of an experiment's life. Every method returns after its effect is durable, may block,
/// and may be called from any thread.
///
/// Errors common to all: kNotFound "experiment_not_found"; kUnavailable when the write queue is
/// full. Names that are no good: kInvalidArgument "bad_experiment_name".
class ExperimentService {
 public:
  explicit ExperimentService(TrackingStore& store) : store_(store) {}

  /// Errors: kAlreadyExists "experiment_exists" (deleted experiments keep their names);
  /// kInvalidArgument "bad_key" or "too_long" for a tag.
  base::Result<ExperimentId> Create(const NewExperiment& experiment);

  /// Finds deleted experiments too.
  base::Result<Experiment> Get(ExperimentId id);
  base::Result<Experiment> GetByName(std::string_view name);

  /// Errors: kInvalidArgument "bad_filter", "bad_order_by", "bad_page_token" or "bad_max_results".
  base::Result<ExperimentPage> Search(const ExperimentSearch& search);

  /// Errors: kFailedPrecondition "experiment_not_active"; kAlreadyExists "experiment_exists".
  base::Result<void> Rename(ExperimentId id, std::string_view name);

  /// Marks the experiment and all its runs deleted. Idempotent.
  base::Result<void> Delete(ExperimentId id);
  /// Makes the experiment and all its runs active again, even runs deleted before it. Idempotent.
  base::Result<void> Restore(ExperimentId id);

  /// Errors: kFailedPrecondition "experiment_not_active".
  base::Result<void> SetTag(ExperimentId id, const Tag& tag);
  /// Errors: kNotFound "tag_not_found"; kFailedPrecondition "experiment_not_active".
  base::Result<void> DeleteTag(ExperimentId id, std::string_view key);

 private:
  TrackingStore& store_;
};

}  // namespace yard::tracking
