#pragma once

#include <memory>

#include "base/result.h"
#include "columnar/table.h"

namespace arrow {
class Table;
}

namespace yard::columnar {

/// Copies an Arrow table into our columns; columns of nested and binary types are left out.
base::Result<Table> FromArrow(const arrow::Table& table);
/// Copies our columns into an Arrow table.
base::Result<std::shared_ptr<arrow::Table>> ToArrow(const Table& table);

}  // namespace yard::columnar
