// Finds logged models: reads the rows of the experiments, and of each only what is compared.
#include <algorithm>
#include <string>
#include <utility>

#include "tracking/logged_model_service.h"
#include "tracking/logged_model_store.h"
#include "tracking/search/listing.h"
#include "tracking/search/logged_model_query.h"
#include "tracking/search/match.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Attribute = LoggedModelAttribute;
using Field = LoggedModelField;

std::string RequestText(const LoggedModelSearch& search) {
  std::string text = "logged_models\n" + search.filter + "\n";
  for (const ExperimentId id : search.experiment_ids) text += std::to_string(id) + ",";
  for (const DatasetFilter& dataset : search.datasets) {
    text += "\n" + dataset.name + "\t" + dataset.digest.value_or("");
  }
  for (const LoggedModelOrder& order : search.order_by) {
    text += "\n" + order.field + (order.is_ascending ? "\tasc\t" : "\tdesc\t") +
            order.dataset_name.value_or("") + "\t" + order.dataset_digest.value_or("");
  }
  return text;
}

bool IsOn(const LoggedModelMetric& metric, const DatasetFilter& dataset) {
  return metric.dataset_name == dataset.name &&
         (!dataset.digest || metric.dataset_digest == *dataset.digest);
}

bool IsOnAny(const LoggedModelMetric& metric, const std::vector<DatasetFilter>& datasets) {
  return datasets.empty() ||
         std::any_of(datasets.begin(), datasets.end(),
                     [&metric](const DatasetFilter& dataset) { return IsOn(metric, dataset); });
}

double TimeOf(const LoggedModel& model, Attribute attribute) {
  return static_cast<double>(attribute == Attribute::kCreated ? model.created.value
                                                              : model.updated.value);
}

std::string TextOf(const LoggedModel& model, Attribute attribute) {
  switch (attribute) {
    case Attribute::kId:
      return model.id;
    case Attribute::kName:
      return model.name;
    case Attribute::kStatus:
      return std::to_string(static_cast<int>(model.status));
    case Attribute::kModelType:
      return model.model_type;
    case Attribute::kSourceRun:
      return model.source_run_id;
    case Attribute::kExperiment:
      return std::to_string(model.experiment_id);
    case Attribute::kArtifactLocation:
      return model.artifact_location;
    default:
      return {};
  }
}

// Compares one model with the query; reads what it needs.
class ModelMatcher {
 public:
  ModelMatcher(LoggedModelReader& reader, const LoggedModelQuery& query,
               const std::vector<DatasetFilter>& datasets)
      : reader_(reader), query_(query), datasets_(datasets) {}

  base::Result<bool> Matches(const LoggedModelRow& row) {
    base::Result<void> outcome;
    const bool holds = Evaluate(query_.filter.root, [&](size_t index) {
      if (!outcome.ok()) return false;
      auto one = Holds(row, index);
      if (one.ok()) return *one;
      outcome = std::move(one).error();
      return false;
    });
    YARD_RETURN_IF_ERROR(std::move(outcome));
    if (!holds || datasets_.empty() || query_.ComparesMetrics()) return holds;
    YARD_ASSIGN_OR_RETURN(const auto metrics, reader_.Metrics(row.number));
    return std::any_of(metrics.begin(), metrics.end(), [this](const LoggedModelMetric& metric) {
      return IsOnAny(metric, datasets_);
    });
  }

  base::Result<Candidate> Place(const LoggedModelRow& row) {
    Candidate place;
    for (const LoggedModelSortItem& item : query_.order) {
      YARD_ASSIGN_OR_RETURN(SortKey key, KeyOf(row, item));
      place.keys.push_back(std::move(key));
    }
    place.start_time = row.model.created.value;
    place.id = row.model.id;
    return place;
  }

 private:
  base::Result<bool> Holds(const LoggedModelRow& row, size_t index) {
    const Comparison& comparison = query_.filter.comparisons[index];
    const Field& field = query_.fields[index];
    switch (field.kind) {
      case Field::Kind::kMetric:
        return HoldsMetric(row, comparison);
      case Field::Kind::kParam: {
        YARD_ASSIGN_OR_RETURN(const auto text, reader_.ParamValue(row.number, field.key));
        return MatchesText(comparison.op, comparison.literals, text);
      }
      case Field::Kind::kTag: {
        YARD_ASSIGN_OR_RETURN(const auto text, reader_.TagValue(row.number, field.key));
        return MatchesText(comparison.op, comparison.literals, text);
      }
      case Field::Kind::kAttribute:
        break;
    }
    if (field.IsTime()) {
      return MatchesNumber(comparison.op, comparison.literals.front().number,
                           TimeOf(row.model, field.attribute));
    }
    return MatchesText(comparison.op, comparison.literals, TextOf(row.model, field.attribute));
  }

  // Any measured value counts, on any of the datasets.
  base::Result<bool> HoldsMetric(const LoggedModelRow& row, const Comparison& comparison) {
    YARD_ASSIGN_OR_RETURN(const auto metrics, reader_.Metrics(row.number, comparison.key));
    return std::any_of(metrics.begin(), metrics.end(), [&](const LoggedModelMetric& metric) {
      return IsOnAny(metric, datasets_) &&
             MatchesNumber(comparison.op, comparison.literals.front().number, metric.value);
    });
  }

  base::Result<SortKey> KeyOf(const LoggedModelRow& row, const LoggedModelSortItem& item) {
    if (item.field.kind == Field::Kind::kAttribute) {
      return item.field.IsTime() ? KeyOfNumber(TimeOf(row.model, item.field.attribute))
                                 : KeyOfText(TextOf(row.model, item.field.attribute));
    }
    YARD_ASSIGN_OR_RETURN(const auto metrics, reader_.Metrics(row.number, item.field.key));
    std::optional<double> latest;  // they come in order of time and step
    for (const LoggedModelMetric& metric : metrics) {
      if (!item.dataset || IsOn(metric, *item.dataset)) latest = metric.value;
    }
    return KeyOfNumber(latest);
  }

  LoggedModelReader& reader_;
  const LoggedModelQuery& query_;
  const std::vector<DatasetFilter>& datasets_;
};

base::Result<std::vector<Listed<LoggedModelRow>>> FindModels(LoggedModelReader& reader,
                                                             const LoggedModelSearch& search,
                                                             const LoggedModelQuery& query) {
  std::vector<ExperimentId> experiments = search.experiment_ids;
  std::sort(experiments.begin(), experiments.end());
  experiments.erase(std::unique(experiments.begin(), experiments.end()), experiments.end());
  ModelMatcher matcher(reader, query, search.datasets);
  std::vector<Listed<LoggedModelRow>> found;
  for (const ExperimentId experiment : experiments) {
    YARD_ASSIGN_OR_RETURN(auto rows, reader.OfExperiment(experiment));
    for (LoggedModelRow& row : rows) {
      YARD_ASSIGN_OR_RETURN(const bool matches, matcher.Matches(row));
      if (!matches) continue;
      YARD_ASSIGN_OR_RETURN(Candidate place, matcher.Place(row));
      found.push_back({std::move(place), std::move(row)});
    }
  }
  return found;
}

}  // namespace

base::Result<LoggedModelPage> LoggedModelService::Search(const LoggedModelSearch& search) {
  YARD_ASSIGN_OR_RETURN(const LoggedModelQuery query, CheckLoggedModelSearch(search));
  const std::string request = RequestText(search);
  YARD_ASSIGN_OR_RETURN(const auto before,
                        PlaceBefore(request, search.page_token, query.order.size()));
  return store_.parts().database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<LoggedModelPage> {
        LoggedModelReader reader(snapshot);
        YARD_ASSIGN_OR_RETURN(auto found, FindModels(reader, search, query));
        LoggedModelPage page;
        page.next_page_token = CutPage(request, CandidateOrder(query.is_ascending), before,
                                       static_cast<size_t>(search.max_results), found);
        for (const auto& one : found) {
          YARD_ASSIGN_OR_RETURN(LoggedModel model, reader.Whole(one.thing));
          page.models.push_back(std::move(model));
        }
        return page;
      });
}

}  // namespace yard::tracking
