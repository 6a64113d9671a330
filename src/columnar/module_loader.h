#pragma once

#include "base/result.h"
#include "columnar/engine_internal.h"

namespace yard::columnar {

/// Loads the module at the first call and keeps it. Thread-safe. Errors: kUnavailable, reason
/// "columnar_module_missing", each time until it is there.
base::Result<const Engine*> LoadEngine();

}  // namespace yard::columnar
