#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tracking/search/filter.h"
#include "tracking/search/search.h"

namespace yard::tracking {

enum class LoggedModelAttribute {
  kId,
  kName,
  kStatus,
  kModelType,
  kSourceRun,
  kExperiment,
  kArtifactLocation,
  kCreated,
  kUpdated,
};

/// What of a logged model is compared or ordered by.
struct LoggedModelField {
  enum class Kind { kAttribute, kMetric, kParam, kTag };
  Kind kind = Kind::kAttribute;
  LoggedModelAttribute attribute = LoggedModelAttribute::kId;
  std::string key;

  bool IsTime() const {
    return kind == Kind::kAttribute && (attribute == LoggedModelAttribute::kCreated ||
                                        attribute == LoggedModelAttribute::kUpdated);
  }
  bool IsNumber() const { return kind == Kind::kMetric || IsTime(); }
};

struct LoggedModelSortItem {
  LoggedModelField field;
  std::optional<DatasetFilter> dataset;
};

/// A search of logged models whose names and types are checked.
struct LoggedModelQuery {
  Filter filter;
  std::vector<LoggedModelField> fields;  // of each comparison
  std::vector<LoggedModelSortItem> order;
  std::vector<bool> is_ascending;

  bool ComparesMetrics() const;
};

/// Errors: kInvalidArgument "bad_filter", "bad_order_by" or "bad_max_results".
base::Result<LoggedModelQuery> CheckLoggedModelSearch(const LoggedModelSearch& search);

}  // namespace yard::tracking
