#include "tracking/search/filter.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>
#include <utility>

#include "tracking/search/token.h"

namespace yard::tracking {
namespace {

constexpr int kMaxDepth = 100;
constexpr size_t kMaxComparisons = 1000;

// How tightly a joint binds; a joint that binds less ends the part that is being read.
enum Binding { kAnything = 0, kOrBinding = 1, kAndBinding = 2 };

// A Pratt parser: prefixes (comparison, NOT, parenthesis) read a part, joints extend it.
class Parser {
 public:
  explicit Parser(std::span<const Token> tokens) : tokens_(tokens) {}

  base::Result<Filter> Run() {
    if (HoldsNothingButAnd()) return std::move(filter_);
    YARD_ASSIGN_OR_RETURN(filter_.root, Part(kAnything));
    if (Peek().kind != TokenKind::kEnd) return Unexpected();
    return std::move(filter_);
  }

 private:
  const Token& Peek() const { return tokens_[at_]; }
  const Token& Take() { return tokens_[at_++]; }
  bool TakeIf(TokenKind kind) {
    if (Peek().kind != kind) return false;
    ++at_;
    return true;
  }
  // A lone AND dangles too.
  bool HoldsNothingButAnd() const {
    return tokens_.size() > 1 &&
           std::all_of(tokens_.begin(), tokens_.end(), [](const Token& token) {
             return token.kind == TokenKind::kAnd || token.kind == TokenKind::kEnd;
           });
  }
  base::Error Unexpected() const {
    const Token& token = Peek();
    if (token.kind == TokenKind::kEnd)
      return BadFilter("the filter ends too early", token.position);
    return BadFilter("unexpected part of the filter", token.position);
  }

  base::Result<FilterNode> Part(Binding minimum) {
    if (++depth_ > kMaxDepth) return BadFilter("the filter is nested too deeply", Peek().position);
    YARD_ASSIGN_OR_RETURN(FilterNode left, Prefix());
    while (true) {
      const auto kind = Joint();
      if (!kind) break;
      const Binding binding = *kind == FilterNode::Kind::kOr ? kOrBinding : kAndBinding;
      if (binding <= minimum) break;
      if (*kind == FilterNode::Kind::kOr) ++at_;
      while (*kind == FilterNode::Kind::kAnd && TakeIf(TokenKind::kAnd)) {
      }
      if (*kind == FilterNode::Kind::kAnd && EndsPart()) break;
      YARD_ASSIGN_OR_RETURN(FilterNode right, Part(binding));
      left = Join(*kind, std::move(left), std::move(right));
    }
    --depth_;
    return left;
  }

  // What joins the part that was read with the next one: two parts side by side mean AND.
  std::optional<FilterNode::Kind> Joint() const {
    switch (Peek().kind) {
      case TokenKind::kOr:
        return FilterNode::Kind::kOr;
      case TokenKind::kAnd:
      case TokenKind::kNot:
      case TokenKind::kIdentifier:
      case TokenKind::kLeftParen:
        return FilterNode::Kind::kAnd;
      default:
        return std::nullopt;
    }
  }

  bool EndsPart() const {
    return Peek().kind == TokenKind::kEnd || Peek().kind == TokenKind::kRightParen;
  }

  static FilterNode Join(FilterNode::Kind kind, FilterNode left, FilterNode right) {
    if (left.kind == kind) {
      left.children.push_back(std::move(right));
      return left;
    }
    FilterNode joined{kind, {}, 0};
    joined.children.push_back(std::move(left));
    joined.children.push_back(std::move(right));
    return joined;
  }

  base::Result<FilterNode> Prefix() {
    while (TakeIf(TokenKind::kAnd)) {
    }
    if (TakeIf(TokenKind::kNot)) return Negated();
    if (TakeIf(TokenKind::kLeftParen)) return Parenthesis();
    if (Peek().kind == TokenKind::kIdentifier) return OneComparison();
    return Unexpected();
  }

  base::Result<FilterNode> Negated() {
    if (++depth_ > kMaxDepth) return BadFilter("the filter is nested too deeply", Peek().position);
    YARD_ASSIGN_OR_RETURN(FilterNode inner, Prefix());
    --depth_;
    FilterNode node{FilterNode::Kind::kNot, {}, 0};
    node.children.push_back(std::move(inner));
    return node;
  }

  base::Result<FilterNode> Parenthesis() {
    YARD_ASSIGN_OR_RETURN(FilterNode inner, Part(kAnything));
    if (!TakeIf(TokenKind::kRightParen)) return Unexpected();
    return inner;
  }

  base::Result<FilterNode> OneComparison() {
    const Token& name = Take();
    Comparison comparison{name.entity, name.text, Operator::kEqual, {}, name.position};
    YARD_ASSIGN_OR_RETURN(comparison.op, ReadOperator());
    if (IsList(comparison.op)) {
      YARD_ASSIGN_OR_RETURN(comparison.literals, List());
    } else if (!IsNullCheck(comparison.op)) {
      YARD_ASSIGN_OR_RETURN(Literal literal, Value());
      comparison.literals.push_back(std::move(literal));
    }
    if (filter_.comparisons.size() == kMaxComparisons) {
      return BadFilter("the filter has too many clauses", name.position);
    }
    filter_.comparisons.push_back(std::move(comparison));
    return FilterNode{FilterNode::Kind::kComparison, {}, filter_.comparisons.size() - 1};
  }

  base::Result<Operator> ReadOperator() {
    switch (Peek().kind) {
      case TokenKind::kComparator:
        return Symbol(Take().text);
      case TokenKind::kLike:
        return ++at_, Operator::kLike;
      case TokenKind::kIlike:
        return ++at_, Operator::kIlike;
      case TokenKind::kIn:
        return ++at_, Operator::kIn;
      case TokenKind::kNot:
        ++at_;
        if (TakeIf(TokenKind::kIn)) return Operator::kNotIn;
        return Unexpected();
      case TokenKind::kIs:
        ++at_;
        return NullCheck();
      default:
        return Unexpected();
    }
  }

  static Operator Symbol(std::string_view text) {
    if (text == "=") return Operator::kEqual;
    if (text == "!=") return Operator::kNotEqual;
    if (text == "<") return Operator::kLess;
    if (text == "<=") return Operator::kLessOrEqual;
    if (text == ">") return Operator::kGreater;
    return Operator::kGreaterOrEqual;
  }

  base::Result<Operator> NullCheck() {
    const Operator op = TakeIf(TokenKind::kNot) ? Operator::kIsNotNull : Operator::kIsNull;
    if (!TakeIf(TokenKind::kNull)) return Unexpected();
    return op;
  }

  base::Result<Literal> Value() {
    const Token& token = Peek();
    if (token.kind == TokenKind::kNumber) {
      ++at_;
      return Literal{true, token.number, token.text, false};
    }
    if (token.kind == TokenKind::kString) {
      ++at_;
      return Literal{false, 0, token.text, token.is_double_quoted};
    }
    return Unexpected();
  }

  base::Result<std::vector<Literal>> List() {
    std::vector<Literal> literals;
    if (!TakeIf(TokenKind::kLeftParen)) return Unexpected();
    do {
      YARD_ASSIGN_OR_RETURN(Literal literal, Value());
      literals.push_back(std::move(literal));
    } while (TakeIf(TokenKind::kComma));
    if (!TakeIf(TokenKind::kRightParen)) return Unexpected();
    return literals;
  }

  std::span<const Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  Filter filter_;
};

bool EqualsIgnoringCase(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == y;
  });
}

}  // namespace

bool IsNumeric(Operator op) { return op <= Operator::kGreaterOrEqual; }

bool IsTextual(Operator op) {
  return op == Operator::kEqual || op == Operator::kNotEqual || op == Operator::kLike ||
         op == Operator::kIlike;
}

bool IsList(Operator op) { return op == Operator::kIn || op == Operator::kNotIn; }

bool IsNullCheck(Operator op) { return op == Operator::kIsNull || op == Operator::kIsNotNull; }

base::Result<Filter> ParseFilter(std::string_view text) {
  if (text.empty()) return Filter{};
  YARD_ASSIGN_OR_RETURN(const std::vector<Token> tokens, Tokenize(text));
  return Parser(tokens).Run();
}

base::Error BadOrder(std::string message, std::string_view text) {
  return base::InvalidArgument(std::move(message), {"order_by", std::string(text.substr(0, 300))})
      .WithReason("bad_order_by");
}

base::Result<OrderItem> ParseOrder(std::string_view text) {
  const auto tokens = Tokenize(text);
  if (!tokens.ok()) return BadOrder("the order does not read: " + tokens.error().message(), text);
  if ((*tokens)[0].kind != TokenKind::kIdentifier) return BadOrder("an order needs a key", text);
  OrderItem item{(*tokens)[0].entity, (*tokens)[0].text, true};
  if (tokens->size() == 2) return item;
  const Token& direction = (*tokens)[1];
  if (tokens->size() != 3 || !direction.entity.empty()) {
    return BadOrder("an order is a key and ASC or DESC", text);
  }
  item.is_ascending = EqualsIgnoringCase(direction.text, "asc");
  if (item.is_ascending || EqualsIgnoringCase(direction.text, "desc")) return item;
  return BadOrder("an order is a key and ASC or DESC", text);
}

}  // namespace yard::tracking
