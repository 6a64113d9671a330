#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/result.h"
#include "storage/database.h"

namespace yard::tracking {

/// For statements whose count of rows says nothing.
inline base::Result<void> WithoutCount(base::Result<int64_t> rows) {
  if (!rows.ok()) return std::move(rows).error();
  return {};
}

/// The first column of a row that must be there, such as a generated key.
inline base::Result<int64_t> FirstInteger(base::Result<std::optional<storage::OwnedRow>> row) {
  if (!row.ok()) return std::move(row).error();
  const std::optional<storage::OwnedRow>& found = row.value();
  if (!found) return base::Internal("a statement that returns a row returned none");
  return found->Integer(0);
}

}  // namespace yard::tracking
