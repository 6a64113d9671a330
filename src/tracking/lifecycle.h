#pragma once

#include <string>

namespace yard::tracking {

/// Deleting is two steps: a deleted thing keeps its rows and can be restored until it is collected.
enum class LifecycleStage { kActive = 1, kDeleted = 2 };

/// Which stages a search looks at.
enum class StageFilter { kActiveOnly, kDeletedOnly, kAll };

/// One key and its text: a param or a tag.
struct KeyText {
  std::string key;
  std::string value;

  friend bool operator==(const KeyText&, const KeyText&) = default;
};
using Param = KeyText;
using Tag = KeyText;

}  // namespace yard::tracking
