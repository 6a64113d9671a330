#include "monitoring/pane.h"

namespace yard::monitoring {

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kStable:
      return "stable";
    case Verdict::kDrift:
      return "drift";
    case Verdict::kInsufficientData:
      return "insufficient_data";
    case Verdict::kConstant:
      return "constant";
    case Verdict::kUndefined:
      return "undefined";
  }
  return "undefined";
}

}  // namespace yard::monitoring
