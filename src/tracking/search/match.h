#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tracking/search/filter.h"

namespace yard::tracking {

/// SQL LIKE without escape: % is any text, _ one Unicode character.
enum class LikeCase { kSensitive, kInsensitive };  // insensitive for ASCII letters only
bool MatchesLike(std::string_view text, std::string_view pattern, LikeCase like_case);

/// Whether a text that may be missing fulfils a comparison. Missing fulfils IS NULL only.
bool MatchesText(Operator op, std::span<const Literal> literals,
                 const std::optional<std::string_view>& text);

/// The same for a number. NaN is unequal to everything and fulfils nothing else.
bool MatchesNumber(Operator op, double operand, const std::optional<double>& number);

}  // namespace yard::tracking
