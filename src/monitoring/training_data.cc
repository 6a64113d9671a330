#include "monitoring/training_data.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/json/value.h"
#include "net/http.h"
#include "registry/registry_service.h"
#include "storage/artifact_store.h"
#include "tracking/run_service.h"

namespace yard::monitoring {
namespace {

constexpr uint64_t kLargestFile = uint64_t{1} << 30;
constexpr std::string_view kArtifactScheme = "mlflow-artifacts:";
constexpr std::string_view kArtifactRoute = "/api/2.0/mlflow-artifacts/artifacts/";

std::string WithoutLeadingSlashes(std::string_view text) {
  const size_t start = text.find_first_not_of('/');
  return start == std::string_view::npos ? std::string() : std::string(text.substr(start));
}

// mlflow-artifacts:/1/<run>/artifacts, mlflow-artifacts://host:port/1/<run>/artifacts.
std::optional<std::string> PathOfArtifactUri(std::string_view uri) {
  if (!uri.starts_with(kArtifactScheme)) return std::nullopt;
  uri.remove_prefix(kArtifactScheme.size());
  if (uri.starts_with("//") && !uri.starts_with("///")) {
    const size_t path = uri.find('/', 2);
    if (path == std::string_view::npos) return std::nullopt;
    uri.remove_prefix(path);
  }
  return WithoutLeadingSlashes(uri);
}

std::optional<std::string> PathOfUrl(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return std::nullopt;
  const size_t route = url.find(kArtifactRoute);
  if (route == std::string_view::npos) return std::nullopt;
  const std::string_view rest = url.substr(route + kArtifactRoute.size());
  return net::PercentDecode(rest.substr(0, rest.find_first_of("?#")));
}

std::optional<std::string> PathOfRunUri(std::string_view uri, std::string_view run_id,
                                        std::string_view run_folder) {
  const std::string prefix = "runs:/" + std::string(run_id) + "/";
  if (!uri.starts_with(prefix)) return std::nullopt;
  return std::string(run_folder) + "/" + std::string(uri.substr(prefix.size()));
}

std::string FileNameOf(std::string_view uri) {
  std::string_view path = uri.substr(0, uri.find_first_of("?#"));
  const size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path);
}

bool IsTraining(const tracking::DatasetInput& input) {
  return std::any_of(input.tags.begin(), input.tags.end(), [](const auto& tag) {
    std::string value = tag.value;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return tag.key == "mlflow.data.context" && (value == "training" || value == "train");
  });
}

base::Error NoTrainingData(std::string_view model, std::string_view version) {
  return base::NotFound("no training data of this version is among the artifacts of its run",
                        {"model", std::string(model)}, {"version", std::string(version)})
      .WithReason("no_training_data");
}

class RunData final : public TrainingData {
 public:
  RunData(registry::RegistryService& registry, tracking::RunService& runs,
          storage::ArtifactStore& artifacts)
      : registry_(registry), runs_(runs), artifacts_(artifacts) {}

  base::Result<Found> Load(std::string_view model, std::string_view version) override {
    int64_t number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    YARD_ASSIGN_OR_RETURN(const auto entry, registry_.GetVersion(model, number));
    if (entry.run_id.empty()) return NoTrainingData(model, version);
    YARD_ASSIGN_OR_RETURN(const tracking::Run run, runs_.Get(entry.run_id));
    for (const std::string& source : SourcesOf(run)) {
      YARD_ASSIGN_OR_RETURN(const auto path, FindArtifact(source, run.info));
      if (path) return ReadFound(*path);
    }
    return NoTrainingData(model, version);
  }

 private:
  // Training inputs first; the others only when there is none.
  static std::vector<std::string> SourcesOf(const tracking::Run& run) {
    std::vector<std::string> training, others;
    for (const auto& input : run.datasets) {
      (IsTraining(input) ? training : others).push_back(input.dataset.source);
    }
    return training.empty() ? others : training;
  }

  base::Result<std::optional<std::string>> FindArtifact(const std::string& source,
                                                        const tracking::RunInfo& run) {
    const auto folder = PathOfArtifactUri(run.artifact_location);
    if (!folder) return std::optional<std::string>();
    const ArtifactGuess guess = GuessArtifact(source, run.id, *folder);
    if (guess.path && columnar::FormatOf(*guess.path).ok()) {
      YARD_ASSIGN_OR_RETURN(const auto info, artifacts_.Find(*guess.path));
      if (info && !info->is_folder) return guess.path;
    }
    return FindByName(*folder, guess.file_name);
  }

  base::Result<std::optional<std::string>> FindByName(const std::string& folder,
                                                      const std::string& name) {
    std::optional<std::string> found;
    if (name.empty() || !columnar::FormatOf(name).ok()) return found;
    YARD_RETURN_IF_ERROR(storage::WalkArtifacts(
        artifacts_, folder, [&](const storage::ArtifactInfo& info) -> base::Result<void> {
          if (!found && FileNameOf(info.path) == name) found = info.path;
          return {};
        }));
    return found;
  }

  base::Result<Found> ReadFound(const std::string& path) {
    YARD_ASSIGN_OR_RETURN(const auto format, columnar::FormatOf(path));
    YARD_ASSIGN_OR_RETURN(const std::string bytes,
                          storage::ReadArtifact(artifacts_, path, kLargestFile));
    YARD_ASSIGN_OR_RETURN(auto table, columnar::ReadTableBytes(bytes, format));
    return Found{std::move(table), path};
  }

  registry::RegistryService& registry_;
  tracking::RunService& runs_;
  storage::ArtifactStore& artifacts_;
};

}  // namespace

ArtifactGuess GuessArtifact(std::string_view source_json, std::string_view run_id,
                            std::string_view run_folder) {
  const auto source = base::json::Parse(source_json);
  if (!source.ok()) return {};
  std::string_view uri = (*source)["uri"].string_or("");
  if (uri.empty()) uri = (*source)["url"].string_or("");
  if (uri.empty()) return {};
  if (auto path = PathOfArtifactUri(uri)) return {std::move(path), {}};
  if (auto path = PathOfUrl(uri)) return {std::move(path), {}};
  if (auto path = PathOfRunUri(uri, run_id, run_folder)) return {std::move(path), {}};
  return {std::nullopt, FileNameOf(uri)};
}

std::unique_ptr<TrainingData> RunTrainingData(registry::RegistryService& registry,
                                              tracking::RunService& runs,
                                              storage::ArtifactStore& artifacts) {
  return std::make_unique<RunData>(registry, runs, artifacts);
}

}  // namespace yard::monitoring
