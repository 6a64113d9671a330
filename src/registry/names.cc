#include "registry/names.h"

#include <algorithm>
#include <string>

namespace yard::registry {
namespace {

constexpr size_t kMaxModelNameBytes = 256;
constexpr size_t kMaxAliasBytes = 255;
constexpr size_t kMaxTagKeyBytes = 250;
constexpr size_t kMaxTagValueBytes = 100'000;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Bytes above ASCII belong to UTF-8 letters: aliases may be written in any script.
bool IsAliasCharacter(char c) {
  return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool LooksLikeVersion(std::string_view alias) {
  return alias.size() > 1 && Lower(alias.front()) == 'v' &&
         std::all_of(alias.begin() + 1, alias.end(), IsDigit);
}

base::Error MissingField(std::string field) {
  return base::InvalidArgument("a required field is missing", {"parameter", std::move(field)})
      .WithReason("missing_field");
}

bool IsDotSegment(std::string_view segment) {
  segment = segment.substr(0, segment.find(';'));
  return segment == "." || segment == "..";
}

// A tag key may be used as a file name: it must mean itself when it is read as a path.
bool IsCleanRelativePath(std::string_view path) {
  if (path.front() == '/' || path.back() == '/') return false;
  return path.find("//") == std::string_view::npos && !HasDotSegment(path);
}

}  // namespace

base::Result<void> CheckModelName(std::string_view name) {
  if (IsBlank(name)) return MissingField("name");
  const bool is_bad = name.find_first_of("/:") != std::string_view::npos || name == "." ||
                      name == ".." || name.size() > kMaxModelNameBytes ||
                      std::any_of(name.begin(), name.end(), IsControl);
  if (!is_bad) return {};
  return base::InvalidArgument(
             "a model name may not contain '/', ':' or control characters, be a relative path or "
             "be longer than 256 bytes",
             {"name", std::string(name)})
      .WithReason("invalid_model_name");
}

base::Result<void> CheckAlias(std::string_view alias) {
  if (alias.empty()) return MissingField("alias");
  if (alias.size() > kMaxAliasBytes || !std::all_of(alias.begin(), alias.end(), IsAliasCharacter)) {
    return base::InvalidArgument(
               "an alias may only contain letters, digits, '_' and '-', at most 255 bytes",
               {"alias", std::string(alias)})
        .WithReason("invalid_alias");
  }
  if (IsLatest(alias) || LooksLikeVersion(alias)) {
    return base::InvalidArgument("the alias is reserved; choose another name",
                                 {"alias", std::string(alias)})
        .WithReason("reserved_alias");
  }
  return {};
}

bool IsLatest(std::string_view alias) {
  constexpr std::string_view kLatest = "latest";
  return alias.size() == kLatest.size() && std::equal(alias.begin(), alias.end(), kLatest.begin(),
                                                      [](char a, char b) { return Lower(a) == b; });
}

base::Result<void> CheckTag(const Tag& tag) {
  if (tag.key.empty()) return MissingField("key");
  if (tag.key.size() > kMaxTagKeyBytes || !IsCleanRelativePath(tag.key) ||
      std::any_of(tag.key.begin(), tag.key.end(), IsControl)) {
    return base::InvalidArgument(
               "a tag key has at most 250 bytes, no control characters and is a clean path",
               {"key", tag.key})
        .WithReason("invalid_tag_key");
  }
  if (tag.value.size() > kMaxTagValueBytes) {
    return base::InvalidArgument("a tag value has at most 100000 bytes", {"key", tag.key})
        .WithReason("tag_value_too_long");
  }
  return {};
}

bool HasDotSegment(std::string_view path) {
  while (true) {
    const size_t end = path.find_first_of("/\\");
    if (IsDotSegment(path.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    path.remove_prefix(end + 1);
  }
}

}  // namespace yard::registry
