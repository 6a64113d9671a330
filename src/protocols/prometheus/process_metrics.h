#pragma once

#include "protocols/prometheus/exposition.h"

namespace yard::protocols::prometheus {

/// Writes what every Prometheus client tells of its process: start time, CPU time, memory and file
/// descriptors, from /proc. What cannot be read is left out.
void WriteProcessMetrics(Exposition& exposition);

}  // namespace yard::protocols::prometheus
