#pragma once

#include <optional>

#include "protocols/mlflow/request.h"
#include "tracking/lifecycle.h"

namespace yard::protocols::mlflow {

/// ACTIVE_ONLY (1), DELETED_ONLY (2) or ALL (3). Anything else means ACTIVE_ONLY, as MLflow's
/// server reads it.
tracking::StageFilter ParseStageFilter(const std::optional<EnumName>& view_type);

}  // namespace yard::protocols::mlflow
