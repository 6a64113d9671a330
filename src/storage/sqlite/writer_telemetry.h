#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/telemetry.h"

namespace yard::storage::sqlite {

/// What the writer of one database counts. Without a registry it counts nothing.
class WriterTelemetry {
 public:
  WriterTelemetry(base::Telemetry* telemetry, const std::string& database_name);

  void CountGroup(size_t functions, std::chrono::nanoseconds duration,
                  const base::Result<void>& outcome);
  void CountRefused();

 private:
  base::Counter* functions_ = nullptr;
  base::Counter* refused_ = nullptr;
  base::Counter* failed_groups_ = nullptr;
  base::Histogram* group_seconds_ = nullptr;
};

}  // namespace yard::storage::sqlite
