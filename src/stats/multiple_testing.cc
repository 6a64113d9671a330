#include "stats/multiple_testing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace yard::stats {

std::vector<double> BenjaminiHochberg(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  std::vector<size_t> order;
  for (size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  const double tests = static_cast<double>(order.size());
  double smallest = 1;
  for (size_t rank = order.size(); rank > 0; --rank) {
    const size_t index = order[rank - 1];
    smallest = std::min(smallest, p_values[index] * tests / static_cast<double>(rank));
    adjusted[index] = smallest;
  }
  return adjusted;
}

}  // namespace yard::stats
