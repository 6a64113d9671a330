#include "registry/model_uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "registry/names.h"

namespace yard::registry {
namespace {

constexpr std::string_view kScheme = "models:/";

base::Error InvalidModelUri(std::string_view uri) {
  return base::InvalidArgument(
             "not a model URI; use models:/<name>/<version>, models:/<name>@<alias> or "
             "models:/m-<id>",
             {"uri", std::string(uri)})
      .WithReason("invalid_model_uri");
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsLoggedModelId(std::string_view text) {
  return text.size() == 34 && text.starts_with("m-") &&
         std::all_of(text.begin() + 2, text.end(), IsHexDigit);
}

std::optional<int64_t> ParseVersion(std::string_view text) {
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 1) return std::nullopt;
  return version;
}

}  // namespace

base::Result<ModelRef> ParseModelUri(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return InvalidModelUri(uri);
  std::string_view rest = uri.substr(kScheme.size());
  if (rest.empty() || rest.front() == '/') return InvalidModelUri(uri);
  if (IsLoggedModelId(rest)) return ModelRef(LoggedModelRef{std::string(rest)});

  const size_t slash = rest.find('/');
  const size_t at = rest.rfind('@');
  const bool is_alias = slash == std::string_view::npos && at != std::string_view::npos;
  const size_t cut = is_alias ? at : slash;
  if (cut == std::string_view::npos) return InvalidModelUri(uri);
  const std::string name(rest.substr(0, cut));
  const std::string_view suffix = rest.substr(cut + 1);
  if (!CheckModelName(name).ok() || suffix.empty()) return InvalidModelUri(uri);
  if (is_alias) return ModelRef(AliasRef{name, std::string(suffix)});
  if (suffix.find('/') != std::string_view::npos) return InvalidModelUri(uri);
  if (const auto version = ParseVersion(suffix)) return ModelRef(VersionRef{name, *version});
  if (IsLatest(suffix)) return ModelRef(LatestRef{name});
  const auto stage = ParseStage(suffix);
  if (!stage.ok()) return InvalidModelUri(uri);
  return ModelRef(StageRef{name, *stage});
}

}  // namespace yard::registry
