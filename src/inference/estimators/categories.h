#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "inference/estimators/attributes.h"
#include "inference/estimators/table.h"

namespace yard::inference::estimators {

/// The categories of one column, to be found by value. Numbers match numbers (True is 1), text
/// matches text exactly; a missing cell matches the category None or NaN, whichever there is (for
/// text None first, for numbers NaN first).
class CategoryIndex {
 public:
  static base::Result<CategoryIndex> Read(const formats::Object& categories);

  size_t size() const { return size_; }
  /// The position of row `row`'s category; nullopt when training did not see it.
  std::optional<size_t> Find(const ColumnView& column, size_t row) const;
  /// The position of the NaN category; nullopt without one.
  std::optional<size_t> nan_position() const { return nan_; }

 private:
  std::optional<size_t> FindNumber(double number) const;
  std::optional<size_t> FindText(const TextCell& cell) const;

  size_t size_ = 0;
  std::vector<std::pair<double, size_t>> numbers_;  // sorted
  std::map<std::string, size_t, std::less<>> texts_;
  std::optional<size_t> nan_;
  std::optional<size_t> none_;
};

/// `categories_` of an encoder, one index a column.
base::Result<std::vector<CategoryIndex>> ReadCategories(const formats::Object& estimator);

/// `_default_to_infrequent_mappings`: for each column the position of each category after the rare
/// ones were grouped; the identity where nothing was grouped. Checked to be in range.
base::Result<std::vector<std::vector<size_t>>> ReadGrouping(
    const formats::Object& estimator, const std::vector<CategoryIndex>& categories);

/// The refusal of a category that training did not see.
base::Error UnknownCategory(const Table& input, size_t column, size_t row);

}  // namespace yard::inference::estimators
