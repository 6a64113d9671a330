#pragma once

#include <cstdint>
#include <utility>

#include "base/result.h"

namespace yard::tracking {

/// For statements whose count of rows says nothing.
inline base::Result<void> WithoutCount(base::Result<int64_t> rows) {
  if (!rows.ok()) return std::move(rows).error();
  return {};
}

}  // namespace yard::tracking
