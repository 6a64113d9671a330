// Finds experiments. They are few, so all are read and compared in memory.
#include <algorithm>
#include <string>
#include <utility>

#include "tracking/experiment_service.h"
#include "tracking/experiment_store.h"
#include "tracking/search/listing.h"
#include "tracking/search/match.h"
#include "tracking/search/token.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

enum class Attribute { kName, kId, kCreated, kUpdated };

struct Field {
  std::optional<Attribute> attribute;  // absent: a tag
  std::string tag;

  bool IsNumber() const {
    return attribute == Attribute::kCreated || attribute == Attribute::kUpdated;
  }
};

std::optional<Attribute> FindAttribute(std::string_view entity, std::string_view key) {
  if (!entity.empty() && entity != "attribute") return std::nullopt;
  if (key == "name") return Attribute::kName;
  if (key == "experiment_id") return Attribute::kId;
  if (key == "creation_time") return Attribute::kCreated;
  if (key == "last_update_time") return Attribute::kUpdated;
  return std::nullopt;
}

bool Allows(const Field& field, Operator op) {
  if (field.IsNumber()) return IsNumeric(op);
  if (field.attribute == Attribute::kId) {
    return op == Operator::kEqual || op == Operator::kNotEqual || IsList(op);
  }
  return IsTextual(op) || IsList(op) || (!field.attribute && IsNullCheck(op));
}

base::Result<Field> CheckComparison(const Comparison& comparison) {
  Field field;
  if (comparison.entity == "tag" || comparison.entity == "tags") {
    field.tag = comparison.key;
  } else {
    field.attribute = FindAttribute(comparison.entity, comparison.key);
    if (!field.attribute) {
      return BadFilter("experiments cannot be searched by this key", comparison.position);
    }
  }
  if (!Allows(field, comparison.op)) {
    return BadFilter("this key cannot be compared in this way", comparison.position);
  }
  for (const Literal& literal : comparison.literals) {
    if (literal.is_number != field.IsNumber()) {
      return BadFilter("times are compared with numbers, all else with texts in quotes",
                       comparison.position);
    }
  }
  return field;
}

struct Query {
  Filter filter;
  std::vector<Field> fields;
  std::vector<Attribute> order;
  std::vector<bool> is_ascending;
};

base::Result<void> AddOrder(std::string_view text, Query& query) {
  YARD_ASSIGN_OR_RETURN(const OrderItem item, ParseOrder(text));
  const auto attribute = FindAttribute(item.entity, item.key);
  if (!attribute) return BadOrder("experiments cannot be ordered by this key", text);
  if (std::find(query.order.begin(), query.order.end(), *attribute) != query.order.end()) {
    return BadOrder("a key may be given once", text);
  }
  query.order.push_back(*attribute);
  query.is_ascending.push_back(item.is_ascending);
  return {};
}

base::Result<Query> CheckSearch(const ExperimentSearch& search) {
  YARD_RETURN_IF_ERROR(CheckMaxResults(search.max_results, ExperimentSearch::kMaxResults));
  Query query;
  YARD_ASSIGN_OR_RETURN(query.filter, ParseFilter(search.filter));
  for (const Comparison& comparison : query.filter.comparisons) {
    YARD_ASSIGN_OR_RETURN(Field field, CheckComparison(comparison));
    query.fields.push_back(std::move(field));
  }
  std::vector<std::string> order = search.order_by;
  if (order.empty()) order = {"creation_time DESC", "experiment_id ASC"};
  for (const std::string& text : order) YARD_RETURN_IF_ERROR(AddOrder(text, query));
  const bool has_id =
      std::find(query.order.begin(), query.order.end(), Attribute::kId) != query.order.end();
  if (!has_id) YARD_RETURN_IF_ERROR(AddOrder("experiment_id DESC", query));
  return query;
}

std::string RequestText(const ExperimentSearch& search) {
  std::string text = "experiments\n" + search.filter + "\n";
  text += std::to_string(static_cast<int>(search.stage));
  for (const std::string& order : search.order_by) text += "\n" + order;
  return text;
}

double NumberOf(const Experiment& experiment, Attribute attribute) {
  switch (attribute) {
    case Attribute::kCreated:
      return static_cast<double>(experiment.created.value);
    case Attribute::kUpdated:
      return static_cast<double>(experiment.updated.value);
    default:
      return static_cast<double>(experiment.id);
  }
}

bool HasStage(const Experiment& experiment, StageFilter stage) {
  if (stage == StageFilter::kAll) return true;
  const bool is_active = experiment.stage == LifecycleStage::kActive;
  return is_active == (stage == StageFilter::kActiveOnly);
}

bool Matches(const Query& query, const Experiment& experiment) {
  return Evaluate(query.filter.root, [&](size_t index) {
    const Comparison& comparison = query.filter.comparisons[index];
    const Field& field = query.fields[index];
    if (field.IsNumber()) {
      return MatchesNumber(comparison.op, comparison.literals.front().number,
                           NumberOf(experiment, *field.attribute));
    }
    if (field.attribute == Attribute::kName) {
      return MatchesText(comparison.op, comparison.literals, experiment.name);
    }
    if (field.attribute == Attribute::kId) {
      return MatchesText(comparison.op, comparison.literals, std::to_string(experiment.id));
    }
    for (const Tag& tag : experiment.tags) {
      if (tag.key == field.tag) return MatchesText(comparison.op, comparison.literals, tag.value);
    }
    return MatchesText(comparison.op, comparison.literals, std::nullopt);
  });
}

Candidate PlaceOf(const Query& query, const Experiment& experiment) {
  Candidate place;
  for (const Attribute attribute : query.order) {
    place.keys.push_back(attribute == Attribute::kName
                             ? KeyOfText(experiment.name)
                             : KeyOfNumber(NumberOf(experiment, attribute)));
  }
  return place;
}

base::Result<std::vector<Experiment>> ReadAll(storage::Snapshot& snapshot, StageFilter stage) {
  ExperimentReader reader(snapshot);
  YARD_ASSIGN_OR_RETURN(std::vector<Experiment> experiments, reader.All());
  std::erase_if(experiments,
                [stage](const Experiment& experiment) { return !HasStage(experiment, stage); });
  for (Experiment& experiment : experiments) {
    YARD_ASSIGN_OR_RETURN(experiment.tags, reader.Tags(experiment.id));
  }
  return experiments;
}

}  // namespace

base::Result<ExperimentPage> ExperimentService::Search(const ExperimentSearch& search) {
  YARD_ASSIGN_OR_RETURN(const Query query, CheckSearch(search));
  const std::string request = RequestText(search);
  YARD_ASSIGN_OR_RETURN(const auto before,
                        PlaceBefore(request, search.page_token, query.order.size()));
  YARD_ASSIGN_OR_RETURN(std::vector<Experiment> all,
                        store_.parts().database.Read([&search](storage::Snapshot& snapshot) {
                          return ReadAll(snapshot, search.stage);
                        }));
  std::vector<Listed<Experiment>> found;
  for (Experiment& experiment : all) {
    if (!Matches(query, experiment)) continue;
    Candidate place = PlaceOf(query, experiment);
    found.push_back({std::move(place), std::move(experiment)});
  }
  ExperimentPage page;
  page.next_page_token = CutPage(request, CandidateOrder(query.is_ascending), before,
                                 static_cast<size_t>(search.max_results), found);
  for (auto& one : found) page.experiments.push_back(std::move(one.thing));
  return page;
}

}  // namespace yard::tracking
