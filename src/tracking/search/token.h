#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::tracking {

enum class TokenKind {
  kIdentifier,  // metrics.loss, tags.`a b`, start_time
  kNumber,
  kString,
  kComparator,  // = != < <= > >=
  kLeftParen,
  kRightParen,
  kComma,
  kAnd,
  kOr,
  kNot,
  kIn,
  kLike,
  kIlike,
  kIs,
  kNull,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  /// The name after the dot, the string without its quotes, or the text itself.
  std::string text = {};
  /// Of an identifier: what stands before the first dot; empty for a bare name.
  std::string entity = {};
  double number = 0;
  bool is_double_quoted = false;
  size_t position = 0;
};

inline constexpr size_t kMaxFilterBytes = 100'000;

/// The tokens of a filter or an order, with kEnd at the end. Errors: kInvalidArgument "bad_filter"
/// (details: position).
base::Result<std::vector<Token>> Tokenize(std::string_view text);

/// kInvalidArgument "bad_filter" about the token at `position`.
base::Error BadFilter(std::string message, size_t position);

}  // namespace yard::tracking
