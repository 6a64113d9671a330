#include "stats/result.h"

namespace yard::stats {

std::string_view StatusName(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kInsufficientData:
      return "insufficient_data";
    case Status::kConstant:
      return "constant";
    case Status::kUndefined:
      return "undefined";
  }
  return "undefined";
}

}  // namespace yard::stats
