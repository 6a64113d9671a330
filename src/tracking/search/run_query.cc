#include "tracking/search/run_query.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "tracking/search/listing.h"
#include "tracking/search/token.h"

namespace yard::tracking {
namespace {

template <typename Value, size_t kSize>
std::optional<Value> Lookup(const std::array<std::pair<std::string_view, Value>, kSize>& table,
                            std::string_view name) {
  for (const auto& [known, value] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, RunField::Kind>, 15> kEntities = {{
    {"metric", RunField::Kind::kMetric},
    {"metrics", RunField::Kind::kMetric},
    {"parameter", RunField::Kind::kParam},
    {"parameters", RunField::Kind::kParam},
    {"param", RunField::Kind::kParam},
    {"params", RunField::Kind::kParam},
    {"tag", RunField::Kind::kTag},
    {"tags", RunField::Kind::kTag},
    {"attribute", RunField::Kind::kAttribute},
    {"attributes", RunField::Kind::kAttribute},
    {"attr", RunField::Kind::kAttribute},
    {"run", RunField::Kind::kAttribute},
    {"", RunField::Kind::kAttribute},
    {"dataset", RunField::Kind::kDataset},
    {"datasets", RunField::Kind::kDataset},
}};

constexpr std::array<std::pair<std::string_view, RunAttribute>, 12> kAttributes = {{
    {"run_id", RunAttribute::kRunId},
    {"run_name", RunAttribute::kName},
    {"run name", RunAttribute::kName},
    {"Run name", RunAttribute::kName},
    {"Run Name", RunAttribute::kName},
    {"status", RunAttribute::kStatus},
    {"artifact_uri", RunAttribute::kArtifactUri},
    {"user_id", RunAttribute::kUser},
    {"start_time", RunAttribute::kStartTime},
    {"created", RunAttribute::kStartTime},
    {"Created", RunAttribute::kStartTime},
    {"end_time", RunAttribute::kEndTime},
}};

constexpr std::array<std::pair<std::string_view, DatasetAttribute>, 3> kDatasetAttributes = {{
    {"name", DatasetAttribute::kName},
    {"digest", DatasetAttribute::kDigest},
    {"context", DatasetAttribute::kContext},
}};

std::optional<RunField> FindField(std::string_view entity, std::string_view key) {
  const auto kind = Lookup(kEntities, entity);
  if (!kind) return std::nullopt;
  RunField field;
  field.kind = *kind;
  if (*kind == RunField::Kind::kAttribute) {
    const auto attribute = Lookup(kAttributes, key);
    if (!attribute) return std::nullopt;
    field.attribute = *attribute;
  } else if (*kind == RunField::Kind::kDataset) {
    const auto attribute = Lookup(kDatasetAttributes, key);
    if (!attribute) return std::nullopt;
    field.dataset = *attribute;
  } else {
    field.key = key;
  }
  return field;
}

bool Allows(const RunField& field, Operator op) {
  if (field.IsNumber()) return IsNumeric(op);
  if (IsTextual(op) || IsList(op)) return true;
  const bool may_be_missing =
      field.kind == RunField::Kind::kParam || field.kind == RunField::Kind::kTag;
  return may_be_missing && IsNullCheck(op);
}

base::Result<RunField> CheckComparison(const Comparison& comparison) {
  const auto field = FindField(comparison.entity, comparison.key);
  if (!field) return BadFilter("runs cannot be searched by this key", comparison.position);
  if (!Allows(*field, comparison.op)) {
    return BadFilter("this key cannot be compared in this way", comparison.position);
  }
  const bool fits = std::all_of(
      comparison.literals.begin(), comparison.literals.end(),
      [&field](const Literal& literal) { return literal.is_number == field->IsNumber(); });
  if (fits) return *field;
  return BadFilter(field->IsNumber() ? "this key is compared with a number, without quotes"
                                     : "this key is compared with a text in quotes",
                   comparison.position);
}

base::Result<RunOrder> CheckOrder(std::string_view text) {
  YARD_ASSIGN_OR_RETURN(const OrderItem item, ParseOrder(text));
  const auto field = FindField(item.entity, item.key);
  if (!field || field->kind == RunField::Kind::kDataset) {
    return BadOrder("runs cannot be ordered by this key", text);
  }
  return RunOrder{*field, item.is_ascending};
}

}  // namespace

base::Result<RunQuery> CheckRunSearch(const RunSearch& search) {
  YARD_RETURN_IF_ERROR(CheckMaxResults(search.max_results, RunSearch::kMaxResults));
  RunQuery query;
  YARD_ASSIGN_OR_RETURN(query.filter, ParseFilter(search.filter));
  for (const Comparison& comparison : query.filter.comparisons) {
    YARD_ASSIGN_OR_RETURN(RunField field, CheckComparison(comparison));
    query.fields.push_back(std::move(field));
  }
  for (const std::string& text : search.order_by) {
    YARD_ASSIGN_OR_RETURN(RunOrder order, CheckOrder(text));
    const bool is_repeated =
        std::any_of(query.order.begin(), query.order.end(),
                    [&order](const RunOrder& earlier) { return earlier.field == order.field; });
    if (is_repeated) return BadOrder("a key may be given once", text);
    query.order.push_back(std::move(order));
  }
  return query;
}

}  // namespace yard::tracking
