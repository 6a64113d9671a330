#include "tracking/run.h"

#include <array>
#include <cstddef>

namespace yard::tracking {
namespace {

constexpr std::array<std::string_view, 5> kStatusNames = {"RUNNING", "SCHEDULED", "FINISHED",
                                                          "FAILED", "KILLED"};

}  // namespace

std::string_view RunStatusName(RunStatus status) {
  const auto index = static_cast<size_t>(status) - 1;
  return index < kStatusNames.size() ? kStatusNames[index] : "UNKNOWN";
}

std::optional<RunStatus> ParseRunStatus(std::string_view name) {
  for (size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<RunStatus>(i + 1);
  }
  return std::nullopt;
}

}  // namespace yard::tracking
