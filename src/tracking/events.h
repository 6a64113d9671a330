#pragma once

#include "tracking/experiment.h"
#include "tracking/logged_model.h"
#include "tracking/run.h"

namespace yard::tracking {

enum class ChangeKind {
  kCreated,
  kUpdated,  ///< name, status, end time; an experiment's name or tags
  kLogged,   ///< metrics, params, tags, inputs or outputs; gathered to about one event a second
  kDeleted,
  kRestored,
};

/// Published after the change is durable.
struct RunChanged {
  RunId run_id;
  ExperimentId experiment_id = 0;
  ChangeKind kind = ChangeKind::kUpdated;
};

struct ExperimentChanged {
  ExperimentId experiment_id = 0;
  ChangeKind kind = ChangeKind::kUpdated;
};

struct LoggedModelChanged {
  LoggedModelId model_id;
  ExperimentId experiment_id = 0;
  ChangeKind kind = ChangeKind::kUpdated;
};

}  // namespace yard::tracking
