#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::tracking {

/// Unicode characters of UTF-8 text; a broken byte counts as one.
size_t CharacterCount(std::string_view text);

/// The first `count` characters.
std::string_view FirstCharacters(std::string_view text, size_t count);

/// Keys of params, metrics and tags of runs: letters and digits of any script, "_", "/", "-", ".",
/// ":", space; 1 to 250 characters; a path in normal form (no "//", "./", "..", leading or trailing
/// slash). Errors: kInvalidArgument "bad_key" (details: key).
base::Result<void> CheckKey(std::string_view key);

/// Errors: kInvalidArgument "too_long" (details: field, limit).
base::Result<void> CheckLength(std::string_view field, std::string_view text, size_t limit);

/// 1 to 500 characters that are not all blank. Errors: kInvalidArgument "bad_experiment_name".
base::Result<void> CheckExperimentName(std::string_view name);

/// Errors: kInvalidArgument "bad_model_name".
base::Result<void> CheckLoggedModelName(std::string_view name);

/// Errors: kInvalidArgument "bad_key" or "too_long".
base::Result<void> CheckTagLengths(std::string_view key, std::string_view value, size_t key_limit,
                                   size_t value_limit);

}  // namespace yard::tracking
