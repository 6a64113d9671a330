#include "tracking/search/logged_model_query.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tracking/search/listing.h"
#include "tracking/search/token.h"

namespace yard::tracking {
namespace {

using Attribute = LoggedModelAttribute;
using Field = LoggedModelField;

constexpr std::array<std::pair<std::string_view, Attribute>, 13> kAttributes = {{
    {"model_id", Attribute::kId},
    {"name", Attribute::kName},
    {"status", Attribute::kStatus},
    {"model_type", Attribute::kModelType},
    {"source_run_id", Attribute::kSourceRun},
    {"experiment_id", Attribute::kExperiment},
    {"artifact_location", Attribute::kArtifactLocation},
    {"artifact_uri", Attribute::kArtifactLocation},
    {"creation_timestamp", Attribute::kCreated},
    {"creation_timestamp_ms", Attribute::kCreated},
    {"creation_time", Attribute::kCreated},
    {"last_updated_timestamp", Attribute::kUpdated},
    {"last_updated_timestamp_ms", Attribute::kUpdated},
}};

std::optional<Field> FindField(std::string_view entity, std::string_view key) {
  Field field;
  if (entity == "metrics" || entity == "params" || entity == "tags") {
    field.kind = entity == "metrics"  ? Field::Kind::kMetric
                 : entity == "params" ? Field::Kind::kParam
                                      : Field::Kind::kTag;
    field.key = key;
    return field;
  }
  if (!entity.empty() && entity != "attributes") return std::nullopt;
  for (const auto& [name, attribute] : kAttributes) {
    if (name != key) continue;
    field.attribute = attribute;
    return field;
  }
  return std::nullopt;
}

// Numbers that are compared as texts.
bool IsNumeral(const Field& field) {
  return field.kind == Field::Kind::kAttribute &&
         (field.attribute == Attribute::kStatus || field.attribute == Attribute::kExperiment);
}

bool FitsLiteral(const Field& field, const Literal& literal) {
  if (IsNumeral(field)) return true;
  return literal.is_number == field.IsNumber();
}

base::Result<Field> CheckComparison(const Comparison& comparison) {
  const auto field = FindField(comparison.entity, comparison.key);
  if (!field) {
    return BadFilter("logged models cannot be searched by this key", comparison.position);
  }
  const bool allows = field->IsNumber() ? IsNumeric(comparison.op)
                                        : IsTextual(comparison.op) || IsList(comparison.op);
  if (!allows) return BadFilter("this key cannot be compared in this way", comparison.position);
  for (const Literal& literal : comparison.literals) {
    if (FitsLiteral(*field, literal)) continue;
    return BadFilter("metrics and times are compared with numbers, all else with texts in quotes",
                     comparison.position);
  }
  return *field;
}

// Only single quotes are quotes here: double ones belong to the text, and a status is compared by
// its number.
void KeepDoubleQuotes(Comparison& comparison) {
  for (Literal& literal : comparison.literals) {
    if (literal.is_double_quoted) literal.text = '"' + literal.text + '"';
  }
}

base::Result<LoggedModelSortItem> CheckOrder(const LoggedModelOrder& order) {
  YARD_ASSIGN_OR_RETURN(const OrderItem item, ParseOrder(order.field));
  const auto field = FindField(item.entity, item.key);
  const bool may_order =
      field && (field->kind == Field::Kind::kAttribute || field->kind == Field::Kind::kMetric);
  if (!may_order) return BadOrder("logged models cannot be ordered by this key", order.field);
  if (order.dataset_digest && !order.dataset_name) {
    return BadOrder("a dataset's digest needs its name", order.field);
  }
  LoggedModelSortItem sort{*field, std::nullopt};
  if (order.dataset_name) sort.dataset = DatasetFilter{*order.dataset_name, order.dataset_digest};
  return sort;
}

}  // namespace

bool LoggedModelQuery::ComparesMetrics() const {
  return std::any_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.kind == Field::Kind::kMetric; });
}

base::Result<LoggedModelQuery> CheckLoggedModelSearch(const LoggedModelSearch& search) {
  YARD_RETURN_IF_ERROR(CheckMaxResults(search.max_results, LoggedModelSearch::kMaxResults));
  LoggedModelQuery query;
  YARD_ASSIGN_OR_RETURN(query.filter, ParseFilter(search.filter));
  for (Comparison& comparison : query.filter.comparisons) {
    YARD_ASSIGN_OR_RETURN(Field field, CheckComparison(comparison));
    KeepDoubleQuotes(comparison);
    query.fields.push_back(std::move(field));
  }
  for (const LoggedModelOrder& order : search.order_by) {
    YARD_ASSIGN_OR_RETURN(LoggedModelSortItem item, CheckOrder(order));
    query.order.push_back(std::move(item));
    query.is_ascending.push_back(order.is_ascending);
  }
  return query;
}

}  // namespace yard::tracking
