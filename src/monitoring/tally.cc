#include "monitoring/tally.h"

#include <cmath>

namespace yard::monitoring {

Tally::Tally(const ReferenceColumn& reference)
    : reference_(&reference), counts_(reference.counts.size(), 0) {}

void Tally::AddNumber(double value) {
  if (std::isnan(value)) return AddMissing();
  ++rows_;
  sample_.Add(value);
  Count(reference_->BinOf(value));
}

void Tally::AddText(const std::optional<std::string>& text) {
  if (!text) return AddMissing();
  ++rows_;
  Count(reference_->BinOf(*text));
}

void Tally::AddMissing() {
  ++rows_;
  ++missing_;
}

void Tally::Count(size_t bin) {
  if (bin == kBelow) {
    ++below_;
  } else if (bin == kAbove) {
    ++above_;
  } else {
    ++counts_[bin];
  }
}

PairedHistogram Tally::Histogram() const {
  PairedHistogram histogram;
  histogram.edges = reference_->edges;
  histogram.categories = reference_->categories;
  histogram.baseline.assign(reference_->counts.begin(), reference_->counts.end());
  histogram.current.assign(counts_.begin(), counts_.end());
  histogram.current_below = static_cast<double>(below_);
  histogram.baseline_above = static_cast<double>(reference_->other);
  histogram.current_above = static_cast<double>(above_);
  histogram.baseline_missing = static_cast<double>(reference_->missing);
  histogram.current_missing = static_cast<double>(missing_);
  return histogram;
}

}  // namespace yard::monitoring
