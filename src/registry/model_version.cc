#include "registry/model_version.h"

#include <algorithm>
#include <array>

namespace yard::registry {
namespace {

constexpr std::array<std::string_view, 4> kStageNames = {"None", "Staging", "Production",
                                                         "Archived"};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

std::string_view StageName(Stage stage) { return kStageNames[static_cast<size_t>(stage)]; }

base::Result<Stage> ParseStage(std::string_view name) {
  for (size_t i = 0; i < kStageNames.size(); ++i) {
    if (EqualsIgnoringCase(name, kStageNames[i])) return static_cast<Stage>(i);
  }
  return base::InvalidArgument("no such stage; use None, Staging, Production or Archived",
                               {"stage", std::string(name)})
      .WithReason("unknown_stage");
}

}  // namespace yard::registry
