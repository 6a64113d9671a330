#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tracking/dirty_runs.h"

namespace yard::tracking {

/// The runs of one row of run_change as bytes.
std::string EncodeRunChange(std::span<const RunRef> runs);

/// Errors: kDataLoss "damaged_run_change".
base::Result<std::vector<RunRef>> DecodeRunChange(std::string_view bytes);

}  // namespace yard::tracking
