#include "monitoring/alert.h"

namespace yard::monitoring {

std::string_view AlertStateName(AlertState state) {
  switch (state) {
    case AlertState::kPending:
      return "pending";
    case AlertState::kFiring:
      return "firing";
    case AlertState::kResolved:
      return "resolved";
  }
  return "resolved";
}

}  // namespace yard::monitoring
