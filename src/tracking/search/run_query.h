#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tracking/search/filter.h"
#include "tracking/search/search.h"

namespace yard::tracking {

enum class RunAttribute { kRunId, kName, kStatus, kArtifactUri, kUser, kStartTime, kEndTime };
enum class DatasetAttribute { kName, kDigest, kContext };

/// What of a run is compared or ordered by.
struct RunField {
  enum class Kind { kMetric, kParam, kTag, kAttribute, kDataset };
  Kind kind = Kind::kAttribute;
  std::string key;  // of a metric, param or tag
  RunAttribute attribute = RunAttribute::kRunId;
  DatasetAttribute dataset = DatasetAttribute::kName;

  bool IsNumber() const {
    return kind == Kind::kMetric ||
           (kind == Kind::kAttribute &&
            (attribute == RunAttribute::kStartTime || attribute == RunAttribute::kEndTime));
  }
  friend bool operator==(const RunField&, const RunField&) = default;
};

struct RunOrder {
  RunField field;
  bool is_ascending = true;
};

/// A search of runs whose names and types are checked.
struct RunQuery {
  Filter filter;
  std::vector<RunField> fields;  // of each comparison of the filter
  std::vector<RunOrder> order;
};

/// Errors: kInvalidArgument "bad_filter", "bad_order_by" or "bad_max_results".
base::Result<RunQuery> CheckRunSearch(const RunSearch& search);

}  // namespace yard::tracking
