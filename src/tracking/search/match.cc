#include "tracking/search/match.h"

#include <algorithm>
#include <cctype>

namespace yard::tracking {
namespace {

char Fold(char c, LikeCase like_case) {
  if (like_case == LikeCase::kSensitive) return c;
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

size_t AfterCharacter(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && IsContinuation(text[at])) ++at;
  return at;
}

bool IsAmong(std::span<const Literal> literals, std::string_view text) {
  return std::any_of(literals.begin(), literals.end(),
                     [text](const Literal& literal) { return literal.text == text; });
}

}  // namespace

bool MatchesLike(std::string_view text, std::string_view pattern, LikeCase like_case) {
  size_t at = 0;
  size_t in_pattern = 0;
  // Where to go on after the last % when what followed it did not fit.
  size_t retry_at = 0;
  size_t retry_pattern = std::string_view::npos;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '%') {
      retry_pattern = ++in_pattern;
      retry_at = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == '_') {
      ++in_pattern;
      at = AfterCharacter(text, at);
    } else if (in_pattern < pattern.size() &&
               Fold(pattern[in_pattern], like_case) == Fold(text[at], like_case)) {
      ++in_pattern;
      ++at;
    } else if (retry_pattern != std::string_view::npos) {
      in_pattern = retry_pattern;
      at = retry_at = AfterCharacter(text, retry_at);
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '%') ++in_pattern;
  return in_pattern == pattern.size();
}

bool MatchesText(Operator op, std::span<const Literal> literals,
                 const std::optional<std::string_view>& text) {
  if (op == Operator::kIsNull) return !text;
  if (!text) return false;
  switch (op) {
    case Operator::kEqual:
      return *text == literals.front().text;
    case Operator::kNotEqual:
      return *text != literals.front().text;
    case Operator::kLike:
      return MatchesLike(*text, literals.front().text, LikeCase::kSensitive);
    case Operator::kIlike:
      return MatchesLike(*text, literals.front().text, LikeCase::kInsensitive);
    case Operator::kIn:
      return IsAmong(literals, *text);
    case Operator::kNotIn:
      return !IsAmong(literals, *text);
    case Operator::kIsNotNull:
      return true;
    default:
      return false;
  }
}

bool MatchesNumber(Operator op, double operand, const std::optional<double>& number) {
  if (!number) return false;
  switch (op) {
    case Operator::kEqual:
      return *number == operand;
    case Operator::kNotEqual:
      return *number != operand;
    case Operator::kLess:
      return *number < operand;
    case Operator::kLessOrEqual:
      return *number <= operand;
    case Operator::kGreater:
      return *number > operand;
    case Operator::kGreaterOrEqual:
      return *number >= operand;
    default:
      return false;
  }
}

}  // namespace yard::tracking
