#pragma once

#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/search/run_values.h"

namespace yard::tracking {

/// Puts the values of these runs into the columns, and takes out the tags that they no longer have.
base::Result<void> WriteColumns(storage::Transaction& transaction,
                                const std::vector<RunValues>& runs);

}  // namespace yard::tracking
