#include "serving/assignment.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/digest.h"

namespace yard::serving {

double AssignmentPoint(std::string_view salt, std::string_view key) {
  thread_local std::string text;  // keeps its memory between calls
  text.assign(salt).append(1, '\0').append(key);
  return static_cast<double>(base::StableHash(text) >> 11) * 0x1.0p-53;
}

std::vector<double> CumulativeShares(std::span<const double> weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> shares;
  shares.reserve(weights.size());
  double sum = 0;
  for (const double weight : weights) {
    sum += weight;
    shares.push_back(sum / total);
  }
  // Trailing arms without weight must not inherit what rounding leaves below 1.
  for (size_t i = shares.size(); i-- > 0;) {
    shares[i] = 1;
    if (weights[i] > 0) break;
  }
  return shares;
}

size_t PieceOf(std::span<const double> shares, double point) {
  const auto found = std::upper_bound(shares.begin(), shares.end(), point);
  return std::min(static_cast<size_t>(found - shares.begin()), shares.size() - 1);
}

}  // namespace yard::serving
