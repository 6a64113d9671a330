#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::tracking {

enum class Operator {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kLike,
  kIlike,
  kIn,
  kNotIn,
  kIsNull,
  kIsNotNull,
};

bool IsNumeric(Operator op);    // = != < <= > >=
bool IsTextual(Operator op);    // = != LIKE ILIKE
bool IsList(Operator op);       // IN, NOT IN
bool IsNullCheck(Operator op);  // IS NULL, IS NOT NULL

/// A value as it was written.
struct Literal {
  bool is_number = false;
  double number = 0;
  std::string text;
  bool is_double_quoted = false;
};

/// `entity.key operator literal`. What entities and keys there are, and what may be compared with
/// what, is up to the search that reads it.
struct Comparison {
  std::string entity;  // empty: a bare name
  std::string key;
  Operator op = Operator::kEqual;
  std::vector<Literal> literals;  // one; several for lists; none for null checks
  size_t position = 0;
};

struct FilterNode {
  enum class Kind { kAnd, kOr, kNot, kComparison };
  Kind kind = Kind::kComparison;
  std::vector<FilterNode> children;
  size_t comparison = 0;  // index into Filter::comparisons
};

/// A parsed filter. Without comparisons it lets everything through.
struct Filter {
  FilterNode root{FilterNode::Kind::kAnd, {}, 0};
  std::vector<Comparison> comparisons;
};

/// Reads the language of search/README.md: clauses joined by AND (which may be left out or dangle),
/// OR, NOT and parentheses. Errors: kInvalidArgument "bad_filter" (details: position).
base::Result<Filter> ParseFilter(std::string_view text);

/// Whether the tree holds, asking `holds(index of comparison)` for what it needs.
template <typename Holds>
bool Evaluate(const FilterNode& node, const Holds& holds) {
  switch (node.kind) {
    case FilterNode::Kind::kComparison:
      return holds(node.comparison);
    case FilterNode::Kind::kNot:
      return !Evaluate(node.children.front(), holds);
    case FilterNode::Kind::kAnd:
      for (const FilterNode& child : node.children) {
        if (!Evaluate(child, holds)) return false;
      }
      return true;
    case FilterNode::Kind::kOr:
      for (const FilterNode& child : node.children) {
        if (Evaluate(child, holds)) return true;
      }
      return false;
  }
  return false;
}

/// One item of an order: `key [ASC|DESC]`.
struct OrderItem {
  std::string entity;
  std::string key;
  bool is_ascending = true;
};

/// Errors: kInvalidArgument "bad_order_by".
base::Result<OrderItem> ParseOrder(std::string_view text);

/// kInvalidArgument "bad_order_by".
base::Error BadOrder(std::string message, std::string_view text);

}  // namespace yard::tracking
