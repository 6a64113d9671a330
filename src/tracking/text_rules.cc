#include "tracking/text_rules.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace yard::tracking {
namespace {

constexpr size_t kMaxKeyCharacters = 250;
constexpr size_t kMaxNameCharacters = 500;
constexpr size_t kMaxEchoedBytes = 300;

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Bytes of other scripts are taken as letters: telling letters from symbols needs the Unicode
// tables, and refusing a user's alphabet is worse than taking a symbol.
bool IsKeyByte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x80 || std::isalnum(code) != 0 ||
         std::string_view("_/-.: ").find(byte) != std::string_view::npos;
}

bool IsNormalPath(std::string_view path) {
  if (path.front() == '/') return false;
  size_t start = 0;
  while (start <= path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    start = end + 1;
  }
  return true;
}

base::Error BadKey(std::string_view key, std::string message) {
  return base::InvalidArgument(std::move(message),
                               {"key", std::string(key.substr(0, kMaxEchoedBytes))})
      .WithReason("bad_key");
}

}  // namespace

size_t CharacterCount(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !IsContinuation(byte); }));
}

std::string_view FirstCharacters(std::string_view text, size_t count) {
  if (text.size() <= count) return text;
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsContinuation(text[i]) && seen++ == count) return text.substr(0, i);
  }
  return text;
}

base::Result<void> CheckKey(std::string_view key) {
  if (key.empty()) return BadKey(key, "a key must not be empty");
  if (key.size() > kMaxKeyCharacters && CharacterCount(key) > kMaxKeyCharacters) {
    return BadKey(key, "a key may have at most 250 characters");
  }
  if (!std::all_of(key.begin(), key.end(), IsKeyByte)) {
    return BadKey(key,
                  "a key may hold letters, digits, underscores, dashes, periods, colons, slashes "
                  "and spaces");
  }
  if (!IsNormalPath(key)) {
    return BadKey(key, "a key must be a path in normal form, without empty, . or .. parts");
  }
  return {};
}

base::Result<void> CheckLength(std::string_view field, std::string_view text, size_t limit) {
  if (text.size() <= limit || CharacterCount(text) <= limit) return {};
  return base::InvalidArgument("the text is too long", {"field", std::string(field)},
                               {"limit", std::to_string(limit)})
      .WithReason("too_long");
}

base::Result<void> CheckExperimentName(std::string_view name) {
  const bool is_blank = std::all_of(name.begin(), name.end(), [](char byte) {
    return std::isspace(static_cast<unsigned char>(byte)) != 0;
  });
  if (!is_blank && CharacterCount(name) <= kMaxNameCharacters) return {};
  return base::InvalidArgument("an experiment's name must have 1 to 500 characters",
                               {"name", std::string(name.substr(0, kMaxEchoedBytes))})
      .WithReason("bad_experiment_name");
}

base::Result<void> CheckLoggedModelName(std::string_view name) {
  const bool has_forbidden = name.find_first_of("/:.%\"'") != std::string_view::npos;
  if (!name.empty() && !has_forbidden && CharacterCount(name) <= kMaxNameCharacters) return {};
  return base::InvalidArgument(
             "a logged model's name must have 1 to 500 characters, without slash, colon, period, "
             "percent sign and quotes",
             {"name", std::string(name.substr(0, kMaxEchoedBytes))})
      .WithReason("bad_model_name");
}

base::Result<void> CheckTagLengths(std::string_view key, std::string_view value, size_t key_limit,
                                   size_t value_limit) {
  if (key.empty()) return BadKey(key, "a key must not be empty");
  YARD_RETURN_IF_ERROR(CheckLength("key", key, key_limit));
  return CheckLength("value", value, value_limit);
}

}  // namespace yard::tracking
