#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/search/filter.h"

namespace yard::registry {

/// A name that a filter or an order may use, and the column behind it.
struct SearchColumn {
  std::string_view name;    // as clients write it
  std::string_view column;  // in the table
  bool is_number = false;
  bool is_filterable = true;
  bool is_orderable = true;
};

struct SearchOrder {
  std::string_view column;
  bool is_ascending = true;
};

/// What can be searched: one table, its columns, and the table of its tags.
struct SearchTable {
  std::string_view name;
  /// `value` of the tag with a bound key, for the row of the outer query.
  std::string_view tag_value;
  std::vector<SearchColumn> columns;
  std::vector<SearchOrder> default_order;
  /// The columns that tell rows apart, for ties.
  std::vector<SearchOrder> identity;
};

/// A row that was found: name and, for versions, number.
struct FoundRow {
  std::string name;
  int64_t version = 0;
};

struct FoundPage {
  std::vector<FoundRow> rows;
  std::string next_page_token;
};

struct SearchInput {
  std::string_view filter;
  const std::vector<std::string>& order_by;
  size_t max_results = 100;
  std::string_view page_token;
};

/// Walks the table in the wanted order from where the page before ended, keeps what the filter lets
/// through and stops when the page is full. Rows whose prompt tag is 'true' are found only by
/// filters that name that tag; a row without it counts as 'false'.
///
/// Errors: kInvalidArgument "bad_filter", "bad_order_by" or "bad_page_token".
base::Result<FoundPage> SearchRegistry(storage::Snapshot& snapshot, const SearchTable& table,
                                       const SearchInput& input);

}  // namespace yard::registry
