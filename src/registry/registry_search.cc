#include "registry/registry_search.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json/value.h"
#include "registry/tag.h"
#include "tracking/page_token.h"
#include "tracking/search/match.h"
#include "tracking/search/token.h"

namespace yard::registry {
namespace {

using storage::Parameter;
using storage::Row;
using tracking::Comparison;
using tracking::Operator;

// Where the value of a comparison stands in a row of the query.
struct Operand {
  int column = 0;
  bool is_number = false;
  bool is_prompt_tag = false;
  double number = 0;  // what a number is compared with
};

struct Query {
  tracking::Filter filter;
  std::vector<Operand> operands;  // one a comparison
  std::vector<SearchOrder> order;
  std::vector<std::string> selected;       // expressions, the order's columns first
  std::vector<std::string> select_values;  // bound inside the selected expressions, in order
  std::vector<std::string> conditions;
  std::vector<storage::Value> condition_values;
};

const SearchColumn* FindColumn(const SearchTable& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [name](const SearchColumn& c) { return c.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

bool IsAttribute(std::string_view entity) {
  return entity.empty() || entity == "attribute" || entity == "attributes";
}
bool IsTag(std::string_view entity) { return entity == "tag" || entity == "tags"; }

int Select(Query& query, std::string expression) {
  query.selected.push_back(std::move(expression));
  return static_cast<int>(query.selected.size()) - 1;
}

// A number may be written as a text: version_number = '1'.
base::Result<double> NumberOf(const Comparison& comparison) {
  const tracking::Literal& literal = comparison.literals.front();
  if (literal.is_number) return literal.number;
  double number = 0;
  const char* const end = literal.text.data() + literal.text.size();
  const auto parsed = std::from_chars(literal.text.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && !literal.text.empty()) return number;
  return tracking::BadFilter("the key is compared with a number", comparison.position);
}

base::Result<void> RequireTexts(const Comparison& comparison) {
  const bool all_texts = std::none_of(comparison.literals.begin(), comparison.literals.end(),
                                      [](const auto& literal) { return literal.is_number; });
  if (all_texts) return {};
  return tracking::BadFilter("the key is compared with a quoted text", comparison.position);
}

base::Result<Operand> TagOperand(Query& query, const SearchTable& table,
                                 const Comparison& comparison) {
  const bool is_fine = tracking::IsTextual(comparison.op) || tracking::IsList(comparison.op) ||
                       tracking::IsNullCheck(comparison.op);
  if (!is_fine)
    return tracking::BadFilter("a tag cannot be compared in this way", comparison.position);
  YARD_RETURN_IF_ERROR(RequireTexts(comparison));
  query.select_values.push_back(comparison.key);
  return Operand{Select(query, std::string(table.tag_value)), false, comparison.key == kPromptTag,
                 0};
}

base::Result<Operand> ColumnOperand(Query& query, const SearchTable& table,
                                    const Comparison& comparison) {
  const SearchColumn* column = FindColumn(table, comparison.key);
  if (column == nullptr || !column->is_filterable)
    return tracking::BadFilter("no such key in this search", comparison.position);
  Operand operand{Select(query, std::string(column->column)), column->is_number, false, 0};
  if (column->is_number) {
    if (!tracking::IsNumeric(comparison.op))
      return tracking::BadFilter("a number cannot be compared in this way", comparison.position);
    YARD_ASSIGN_OR_RETURN(operand.number, NumberOf(comparison));
    return operand;
  }
  const bool is_fine = tracking::IsTextual(comparison.op) || tracking::IsList(comparison.op);
  if (!is_fine)
    return tracking::BadFilter("a text cannot be compared in this way", comparison.position);
  YARD_RETURN_IF_ERROR(RequireTexts(comparison));
  return operand;
}

base::Result<void> PlanFilter(Query& query, const SearchTable& table, std::string_view text) {
  YARD_ASSIGN_OR_RETURN(query.filter, tracking::ParseFilter(text));
  for (const Comparison& comparison : query.filter.comparisons) {
    if (IsTag(comparison.entity)) {
      YARD_ASSIGN_OR_RETURN(const Operand operand, TagOperand(query, table, comparison));
      query.operands.push_back(operand);
    } else if (IsAttribute(comparison.entity)) {
      YARD_ASSIGN_OR_RETURN(const Operand operand, ColumnOperand(query, table, comparison));
      query.operands.push_back(operand);
    } else {
      return tracking::BadFilter("no such entity in this search", comparison.position);
    }
  }
  return {};
}

// `name = 'x'` among clauses that must all hold lets the database use its index.
void PushDownEqualities(Query& query, const SearchTable& table) {
  const auto push = [&](const tracking::FilterNode& node) {
    if (node.kind != tracking::FilterNode::Kind::kComparison) return;
    const Comparison& comparison = query.filter.comparisons[node.comparison];
    const bool is_equality = comparison.op == Operator::kEqual && IsAttribute(comparison.entity);
    if (!is_equality || query.operands[node.comparison].is_number) return;
    query.conditions.push_back(std::string(FindColumn(table, comparison.key)->column) + " = ?");
    query.condition_values.emplace_back(comparison.literals.front().text);
  };
  if (query.filter.comparisons.empty()) return;
  if (query.filter.root.kind == tracking::FilterNode::Kind::kAnd) {
    for (const auto& child : query.filter.root.children) push(child);
  } else {
    push(query.filter.root);
  }
}

void HidePrompts(Query& query, const SearchTable& table) {
  const bool asks_for_them =
      std::any_of(query.operands.begin(), query.operands.end(),
                  [](const Operand& operand) { return operand.is_prompt_tag; });
  if (asks_for_them) return;
  query.conditions.push_back("COALESCE(" + std::string(table.tag_value) + ", 'false') <> 'true'");
  query.condition_values.emplace_back(std::string(kPromptTag));
}

bool IsOrderedBy(const Query& query, std::string_view column) {
  return std::any_of(query.order.begin(), query.order.end(),
                     [column](const SearchOrder& order) { return order.column == column; });
}

base::Result<void> PlanOrder(Query& query, const SearchTable& table,
                             const std::vector<std::string>& order_by) {
  for (const std::string& text : order_by) {
    YARD_ASSIGN_OR_RETURN(const auto item, tracking::ParseOrder(text));
    const SearchColumn* column = IsAttribute(item.entity) ? FindColumn(table, item.key) : nullptr;
    if (column == nullptr || !column->is_orderable)
      return tracking::BadOrder("this search cannot be ordered by that key", text);
    if (IsOrderedBy(query, column->column))
      return tracking::BadOrder("the order names a key twice", text);
    query.order.push_back({column->column, item.is_ascending});
  }
  if (query.order.empty()) query.order = table.default_order;
  for (const SearchOrder& order : table.identity) {
    if (!IsOrderedBy(query, order.column)) query.order.push_back(order);
  }
  for (const SearchOrder& order : query.order) Select(query, std::string(order.column));
  return {};
}

// After the last row of the page before: (a > x) OR (a = x AND b < y) OR ...
base::Result<void> StartAfter(Query& query, std::string_view request, std::string_view token) {
  if (token.empty()) return {};
  YARD_ASSIGN_OR_RETURN(const std::string position, tracking::ReadPageToken(request, token));
  const auto values = base::json::Parse(position);
  if (!values.ok() || !values->as_array() || values->as_array()->size() != query.order.size())
    return tracking::BadPageToken();
  const base::json::Array& last = *values->as_array();
  const auto bind = [&](size_t index) {
    const auto* number = last[index].as_integer();
    if (number != nullptr) {
      query.condition_values.emplace_back(*number);
    } else {
      query.condition_values.emplace_back(std::string(last[index].string_or("")));
    }
  };
  std::string condition;
  for (size_t depth = 0; depth < query.order.size(); ++depth) {
    condition += depth == 0 ? "((" : " OR (";
    for (size_t i = 0; i <= depth; ++i) {
      const bool is_last = i == depth;
      const std::string_view sign = !is_last                      ? " = ?"
                                    : query.order[i].is_ascending ? " > ?"
                                                                  : " < ?";
      condition += std::string(i == 0 ? "" : " AND ") + std::string(query.order[i].column);
      condition += sign;
      bind(i);
    }
    condition += ")";
  }
  query.conditions.push_back(condition + ")");
  return {};
}

std::string Joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string SqlOf(const Query& query, const SearchTable& table) {
  std::string sql = "SELECT " + Joined(query.selected, ", ") + " FROM " + std::string(table.name);
  if (!query.conditions.empty()) sql += " WHERE " + Joined(query.conditions, " AND ");
  std::vector<std::string> order;
  for (const SearchOrder& item : query.order)
    order.push_back(std::string(item.column) + (item.is_ascending ? " ASC" : " DESC"));
  return sql + " ORDER BY " + Joined(order, ", ");
}

std::vector<Parameter> ParametersOf(const Query& query) {
  std::vector<Parameter> parameters;
  for (const std::string& text : query.select_values) parameters.emplace_back(text);
  for (const storage::Value& value : query.condition_values) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      parameters.emplace_back(*number);
    } else {
      parameters.emplace_back(std::get<std::string>(value));
    }
  }
  return parameters;
}

bool Holds(const Query& query, size_t index, const Row& row) {
  const Comparison& comparison = query.filter.comparisons[index];
  const Operand& operand = query.operands[index];
  if (operand.is_number)
    return tracking::MatchesNumber(comparison.op, operand.number, row.Real(operand.column));
  std::optional<std::string_view> text;
  if (!row.IsNull(operand.column)) text = row.Text(operand.column);
  if (!text && operand.is_prompt_tag) text = "false";
  return tracking::MatchesText(comparison.op, comparison.literals, text);
}

// The values of the order, of which the page token is made, and what tells the row apart.
struct Position {
  base::json::Array values;
  FoundRow row;
};

Position PositionOf(const Query& query, const SearchTable& table, const Row& row) {
  Position position;
  const int first = static_cast<int>(query.selected.size() - query.order.size());
  for (size_t i = 0; i < query.order.size(); ++i) {
    const int column = first + static_cast<int>(i);
    const auto known =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const SearchColumn& c) { return c.column == query.order[i].column; });
    const bool is_number = known != table.columns.end() && known->is_number;
    if (is_number) {
      position.values.emplace_back(row.Integer(column));
    } else {
      position.values.emplace_back(std::string(row.Text(column)));
    }
    if (query.order[i].column == "name") position.row.name = row.Text(column);
    if (query.order[i].column == "version") position.row.version = row.Integer(column);
  }
  return position;
}

base::Error PageIsFull() { return base::Error(base::Code::kCancelled, "the page is full"); }

}  // namespace

base::Result<FoundPage> SearchRegistry(storage::Snapshot& snapshot, const SearchTable& table,
                                       const SearchInput& input) {
  Query query;
  YARD_RETURN_IF_ERROR(PlanFilter(query, table, input.filter));
  PushDownEqualities(query, table);
  HidePrompts(query, table);
  YARD_RETURN_IF_ERROR(PlanOrder(query, table, input.order_by));
  const std::string request = std::string(table.name) + "\n" + std::string(input.filter) + "\n" +
                              Joined(input.order_by, "\n");
  YARD_RETURN_IF_ERROR(StartAfter(query, request, input.page_token));

  FoundPage page;
  base::json::Array last_position;
  const auto visit = [&](const Row& row) -> base::Result<void> {
    const auto holds = [&](size_t index) { return Holds(query, index, row); };
    if (!tracking::Evaluate(query.filter.root, holds)) return {};
    if (page.rows.size() == input.max_results) {
      const std::string position = base::json::Value(last_position).ToJson();
      page.next_page_token = tracking::MakePageToken(request, position);
      return PageIsFull();
    }
    Position position = PositionOf(query, table, row);
    page.rows.push_back(std::move(position.row));
    last_position = std::move(position.values);
    return {};
  };
  const auto walked = snapshot.Query(SqlOf(query, table), ParametersOf(query), visit);
  if (!walked.ok() && page.next_page_token.empty()) return walked.error();
  return page;
}

}  // namespace yard::registry
