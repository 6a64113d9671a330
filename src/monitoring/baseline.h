#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "columnar/table.h"
#include "monitoring/pane.h"

namespace yard::monitoring {

/// What is kept of one column of the reference data: enough for every later comparison, so that the
/// data itself is never read again.
struct ReferenceColumn {
  std::string name;
  FeatureType type = FeatureType::kNumeric;
  int64_t rows = 0;
  int64_t missing = 0;

  // Numbers.
  std::vector<double> sorted;  // every value, or a uniform sample of kSampleLimit
  std::vector<double> edges;   // the minimum and distinct quantiles up to the maximum

  // Categories: the kCategoryLimit most frequent, most frequent first.
  std::vector<std::string> categories;
  int64_t other = 0;  // rows of the categories that are not kept

  std::vector<int64_t> counts;  // of each bin or category

  /// Which bin a value that is not missing falls into: 0 … counts.size() - 1, kBelow or kAbove.
  size_t BinOf(double value) const;
  size_t BinOf(std::string_view category) const;
};

inline constexpr size_t kBelow = static_cast<size_t>(-1);
inline constexpr size_t kAbove = static_cast<size_t>(-2);
/// Values of a column that are kept for exact tests; beyond, a reservoir sample of as many.
inline constexpr size_t kSampleLimit = 100'000;
inline constexpr size_t kBinCount = 20;
inline constexpr size_t kCategoryLimit = 50;
/// Columns of one baseline.
inline constexpr size_t kColumnLimit = 2'000;

/// The reference data of one model version.
struct Baseline {
  std::string model;
  std::string version;
  std::string source;  // where the data came from: an artifact path, or "by hand"
  base::Millis created;
  int64_t rows = 0;
  std::vector<ReferenceColumn> columns;
  /// The version's own predictions on the reference data: the probability of the positive class,
  /// the value, or the class. Absent when the model could not be run.
  std::optional<ReferenceColumn> prediction;

  const ReferenceColumn* Find(std::string_view column) const;
};

/// Summarises one column. Deterministic: samples are drawn with a fixed seed.
ReferenceColumn MakeReferenceColumn(const columnar::Column& column);

/// Summarises a table. Errors: kInvalidArgument, reason "empty_baseline" without rows or columns,
/// "too_many" beyond kColumnLimit.
base::Result<Baseline> MakeBaseline(const columnar::Table& table);

}  // namespace yard::monitoring
