#include "monitoring/baseline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "monitoring/reservoir.h"

namespace yard::monitoring {
namespace {

// The minimum and the quantiles 1/B, 2/B, … 1, each once. The first quantile may equal the minimum:
// a value that fills the first bin alone keeps a bin of its own.
std::vector<double> QuantileEdges(const std::vector<double>& sorted, double minimum,
                                  double maximum) {
  std::vector<double> edges = {minimum};
  for (size_t i = 1; i <= kBinCount; ++i) {
    const size_t rank = (sorted.size() * i + kBinCount - 1) / kBinCount;
    const double quantile = i == kBinCount ? maximum : sorted[rank - 1];
    if (edges.size() == 1 || quantile > edges.back()) edges.push_back(quantile);
  }
  return edges;
}

void SummariseNumbers(const columnar::Numbers& cells, ReferenceColumn& column) {
  Reservoir reservoir(kSampleLimit);
  double minimum = INFINITY, maximum = -INFINITY;
  for (const double value : cells) {
    if (std::isnan(value)) {
      ++column.missing;
      continue;
    }
    reservoir.Add(value);
    minimum = std::min(minimum, value);
    maximum = std::max(maximum, value);
  }
  if (reservoir.seen() == 0) return;
  column.sorted = reservoir.Sorted();
  column.edges = QuantileEdges(column.sorted, minimum, maximum);
  column.counts.assign(column.edges.size() - 1, 0);
  for (const double value : cells) {
    if (!std::isnan(value)) ++column.counts[column.BinOf(value)];
  }
}

void SummariseTexts(const columnar::Texts& cells, ReferenceColumn& column) {
  std::map<std::string_view, int64_t> frequencies;
  for (const auto& cell : cells) {
    if (cell) {
      ++frequencies[*cell];
    } else {
      ++column.missing;
    }
  }
  std::vector<std::pair<std::string_view, int64_t>> ranked(frequencies.begin(), frequencies.end());
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (size_t i = 0; i < ranked.size(); ++i) {
    if (i >= kCategoryLimit) {
      column.other += ranked[i].second;
      continue;
    }
    column.categories.emplace_back(ranked[i].first);
    column.counts.push_back(ranked[i].second);
  }
}

}  // namespace

size_t ReferenceColumn::BinOf(double value) const {
  if (edges.empty() || value > edges.back()) return kAbove;
  if (value < edges.front()) return kBelow;
  const auto upper = std::lower_bound(edges.begin() + 1, edges.end(), value);
  return static_cast<size_t>(upper - edges.begin()) - 1;
}

size_t ReferenceColumn::BinOf(std::string_view category) const {
  const auto found = std::find(categories.begin(), categories.end(), category);
  return found == categories.end() ? kAbove : static_cast<size_t>(found - categories.begin());
}

const ReferenceColumn* Baseline::Find(std::string_view column) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const auto& candidate) { return candidate.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

ReferenceColumn MakeReferenceColumn(const columnar::Column& source) {
  ReferenceColumn column;
  column.name = source.name;
  if (const auto* numbers = std::get_if<columnar::Numbers>(&source.cells)) {
    column.type = FeatureType::kNumeric;
    column.rows = static_cast<int64_t>(numbers->size());
    SummariseNumbers(*numbers, column);
    return column;
  }
  const auto& texts = std::get<columnar::Texts>(source.cells);
  column.type = FeatureType::kCategorical;
  column.rows = static_cast<int64_t>(texts.size());
  SummariseTexts(texts, column);
  return column;
}

base::Result<Baseline> MakeBaseline(const columnar::Table& table) {
  if (table.row_count == 0 || table.columns.empty()) {
    return base::InvalidArgument("a baseline needs at least one row and one column")
        .WithReason("empty_baseline");
  }
  if (table.columns.size() > kColumnLimit) {
    return base::InvalidArgument("a baseline has at most this many columns",
                                 {"limit", std::to_string(kColumnLimit)})
        .WithReason("too_many");
  }
  Baseline baseline;
  baseline.rows = static_cast<int64_t>(table.row_count);
  for (const auto& column : table.columns) baseline.columns.push_back(MakeReferenceColumn(column));
  return baseline;
}

}  // namespace yard::monitoring
