#include "registry/source_validator.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "registry/names.h"

namespace yard::registry {
namespace {

constexpr std::string_view kPromptPlaceholder = "dummy-source";
constexpr std::array<std::string_view, 5> kObjectStores = {"s3", "gs", "dbfs", "wasb", "wasbs"};
// A source that is still encoded after so many rounds is nobody's honest file name.
constexpr int kMaxDecodingRounds = 8;

base::Error Refused(const NewModelVersion& version, std::string message, std::string reason) {
  return base::InvalidArgument(std::move(message), {"source", version.source})
      .WithReason(std::move(reason));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string DecodeOnce(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool has_digits = text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
                            HexValue(text[i + 2]) >= 0;
    if (has_digits) {
      decoded += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool IsUnsafeAsIs(std::string_view path) {
  return HasDotSegment(path) || path.find('#') != std::string_view::npos ||
         std::any_of(path.begin(), path.end(), IsControl);
}

// In any reading: as it is, and decoded once, twice, ...
bool IsUnsafe(std::string_view path) {
  std::string text(path);
  for (int round = 0; round < kMaxDecodingRounds; ++round) {
    if (IsUnsafeAsIs(text)) return true;
    std::string decoded = DecodeOnce(text);
    if (decoded == text) return false;
    text = std::move(decoded);
  }
  return true;
}

struct SplitUri {
  std::string scheme;  // lower case; empty for a path
  std::string_view rest;
};

bool IsSchemeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

// A single letter is a Windows drive, not a scheme.
SplitUri Split(std::string_view uri) {
  const size_t colon = uri.find(':');
  const bool has_scheme =
      colon != std::string_view::npos && colon > 1 &&
      std::all_of(uri.begin(), uri.begin() + static_cast<ptrdiff_t>(colon), IsSchemeCharacter);
  if (!has_scheme) return {"", uri};
  std::string scheme(uri.substr(0, colon));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return {std::move(scheme), uri.substr(colon + 1)};
}

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) segments.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

bool StartsWith(const std::vector<std::string_view>& path,
                const std::vector<std::string_view>& root) {
  return !root.empty() && path.size() >= root.size() &&
         std::equal(root.begin(), root.end(), path.begin());
}

std::optional<std::filesystem::path> LocalPath(const SplitUri& uri) {
  if (!uri.scheme.empty() && uri.scheme != "file") return std::nullopt;
  std::string_view rest = uri.rest;
  if (uri.scheme == "file" && rest.starts_with("//")) {
    rest.remove_prefix(2);
    if (!rest.starts_with('/')) return std::nullopt;  // file://host/…
  }
  if (!rest.starts_with('/')) return std::nullopt;
  std::error_code error;  // symlinks must not lead out of the root
  auto canonical = std::filesystem::weakly_canonical(std::filesystem::path(rest), error);
  if (error) return std::nullopt;
  return canonical;
}

bool Contains(std::string_view root_uri, std::string_view source_uri) {
  const SplitUri root = Split(root_uri);
  const SplitUri source = Split(source_uri);
  const auto root_path = LocalPath(root);
  const auto source_path = LocalPath(source);
  if (root_path && source_path) {
    return StartsWith(Segments(source_path->native()), Segments(root_path->native()));
  }
  return root.scheme == source.scheme && !root.scheme.empty() && !root_path && !source_path &&
         StartsWith(Segments(source.rest), Segments(root.rest));
}

bool IsPrompt(const NewModelVersion& version) {
  return std::any_of(version.tags.begin(), version.tags.end(),
                     [](const Tag& tag) { return tag.key == kPromptTag && tag.value == "true"; });
}

base::Error OfAnotherResource(const NewModelVersion& version, std::string parameter) {
  return Refused(version, "the source belongs to another resource than the request names",
                 "source_of_another_resource")
      .With({"parameter", std::move(parameter)});
}

CheckedSource AsIs(const NewModelVersion& version) {
  return {version.source, version.source, version.run_id, version.model_id};
}

}  // namespace

base::Result<CheckedSource> SourceValidator::Check(const NewModelVersion& version) {
  if (IsPrompt(version)) {
    if (version.source == kPromptPlaceholder) return AsIs(version);
    return Refused(version, "a prompt has no files; leave its source to the client",
                   "source_prompt");
  }
  if (IsUnsafe(version.source)) {
    return Refused(version, "the source may not have relative segments, '#' or control characters",
                   "source_traversal");
  }
  const auto [scheme, rest] = Split(version.source);
  if (scheme == "models") return CheckModelUri(version);
  if (scheme == "runs") return CheckRunUri(version);
  if (scheme.empty() || scheme == "file") return CheckInsideOwner(version, "source_local");
  if (scheme == "mlflow-artifacts" && !rest.starts_with("//"))
    return CheckInsideOwner(version, "source_of_another_resource");
  if (std::find(kObjectStores.begin(), kObjectStores.end(), scheme) != kObjectStores.end())
    return AsIs(version);
  return Refused(version, "the source's scheme names a host or is unknown", "source_scheme")
      .With({"scheme", scheme});
}

base::Result<CheckedSource> SourceValidator::CheckModelUri(const NewModelVersion& version) {
  auto ref = ParseModelUri(version.source);
  if (!ref.ok()) return std::move(ref).error().With({"source", version.source});
  if (const auto* logged = std::get_if<LoggedModelRef>(&*ref))
    return CheckLoggedModel(version, logged->model_id);
  return CheckRegistered(version, *ref);
}

base::Result<CheckedSource> SourceValidator::CheckLoggedModel(const NewModelVersion& version,
                                                              const std::string& model_id) {
  if (version.model_id != model_id) return OfAnotherResource(version, "model_id");
  YARD_ASSIGN_OR_RETURN(const auto files, owners_.FilesOfLoggedModel(model_id));
  CheckedSource checked = AsIs(version);
  checked.storage_location = files.artifact_uri;
  if (checked.run_id.empty()) checked.run_id = files.source_run_id;
  return checked;
}

base::Result<CheckedSource> SourceValidator::CheckRegistered(const NewModelVersion& version,
                                                             const ModelRef& ref) {
  YARD_ASSIGN_OR_RETURN(const ModelVersion original, owners_.RegisteredVersion(ref));
  if (!version.run_id.empty() && version.run_id != original.run_id)
    return OfAnotherResource(version, "run_id");
  if (!version.model_id.empty() && version.model_id != original.model_id)
    return OfAnotherResource(version, "model_id");
  return CheckedSource{"models:/" + original.name + "/" + std::to_string(original.version),
                       original.storage_location, original.run_id, original.model_id};
}

base::Result<CheckedSource> SourceValidator::CheckRunUri(const NewModelVersion& version) {
  std::string_view rest = Split(version.source).rest;
  if (rest.starts_with("//") || !rest.starts_with('/')) {
    return Refused(version, "not a run URI; use runs:/<run id>/<path>",
                   "source_of_another_resource");
  }
  rest.remove_prefix(1);
  const std::string_view run_id = rest.substr(0, rest.find('/'));
  if (run_id.empty() || run_id != version.run_id) return OfAnotherResource(version, "run_id");
  return AsIs(version);
}

base::Result<bool> SourceValidator::IsInsideOwner(const NewModelVersion& version) {
  if (!version.run_id.empty()) {
    YARD_ASSIGN_OR_RETURN(const std::string root, owners_.RunArtifactUri(version.run_id));
    if (Contains(root, version.source)) return true;
  }
  if (!version.model_id.empty()) {
    YARD_ASSIGN_OR_RETURN(const auto files, owners_.FilesOfLoggedModel(version.model_id));
    return Contains(files.artifact_uri, version.source);
  }
  return false;
}

base::Result<CheckedSource> SourceValidator::CheckInsideOwner(const NewModelVersion& version,
                                                              std::string_view refusal) {
  YARD_ASSIGN_OR_RETURN(const bool is_inside, IsInsideOwner(version));
  if (is_inside) return AsIs(version);
  return Refused(version,
                 "the source must lie in the artifact folder of the request's run_id or model_id",
                 std::string(refusal));
}

}  // namespace yard::registry
