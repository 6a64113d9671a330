#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tracking/experiment.h"
#include "tracking/lifecycle.h"
#include "tracking/logged_model.h"
#include "tracking/run.h"

namespace yard::tracking {

/// Finds runs. `filter` and `order_by` have the language of search/README.md.
struct RunSearch {
  static constexpr int kMaxResults = 50'000;

  std::vector<ExperimentId> experiment_ids;
  std::string filter;
  StageFilter stage = StageFilter::kActiveOnly;
  /// 1 to kMaxResults.
  int max_results = 1000;
  /// "metrics.loss DESC"; ties: newest start first, then id.
  std::vector<std::string> order_by;
  /// Of an earlier page of the same search; empty for the first page.
  std::string page_token;
};

struct RunPage {
  std::vector<Run> runs;
  /// Empty on the last page.
  std::string next_page_token;
};

struct ExperimentSearch {
  static constexpr int kMaxResults = 50'000;

  std::string filter;
  StageFilter stage = StageFilter::kActiveOnly;
  int max_results = 1000;
  std::vector<std::string> order_by;
  std::string page_token;
};

struct ExperimentPage {
  std::vector<Experiment> experiments;
  std::string next_page_token;
};

/// Limits the metric clauses of a logged-model search to one dataset.
struct DatasetFilter {
  std::string name;
  std::optional<std::string> digest;
};

struct LoggedModelOrder {
  /// An attribute, or "metrics.<key>".
  std::string field;
  bool is_ascending = true;
  std::optional<std::string> dataset_name;
  std::optional<std::string> dataset_digest;
};

struct LoggedModelSearch {
  static constexpr int kMaxResults = 50'000;

  std::vector<ExperimentId> experiment_ids;
  std::string filter;
  std::vector<DatasetFilter> datasets;
  int max_results = 100;
  std::vector<LoggedModelOrder> order_by;
  std::string page_token;
};

struct LoggedModelPage {
  std::vector<LoggedModel> models;
  std::string next_page_token;
};

}  // namespace yard::tracking
