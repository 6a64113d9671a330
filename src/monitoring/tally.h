#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitoring/baseline.h"
#include "monitoring/pane.h"
#include "monitoring/reservoir.h"

namespace yard::monitoring {

/// Counts one feature of a pane into the bins of its reference, value by value. Memory is bounded:
/// counts are exact, values are sampled beyond kSampleLimit. Not thread-safe.
class Tally {
 public:
  /// `reference` must outlive the tally.
  explicit Tally(const ReferenceColumn& reference);

  void AddNumber(double value);  // NaN is missing
  void AddText(const std::optional<std::string>& text);
  void AddMissing();

  const ReferenceColumn& reference() const { return *reference_; }
  int64_t rows() const { return rows_; }
  int64_t missing() const { return missing_; }
  std::vector<double> SortedSample() const { return sample_.Sorted(); }
  PairedHistogram Histogram() const;

 private:
  void Count(size_t bin);

  const ReferenceColumn* reference_;
  int64_t rows_ = 0;
  int64_t missing_ = 0;
  int64_t below_ = 0;
  int64_t above_ = 0;
  std::vector<int64_t> counts_;
  Reservoir sample_{kSampleLimit};
};

}  // namespace yard::monitoring
