#include "monitoring/reservoir.h"

#include <algorithm>

namespace yard::monitoring {

std::vector<double> Reservoir::Sorted() const {
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace yard::monitoring
