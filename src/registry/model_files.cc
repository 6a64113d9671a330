// The part of RegistryService that is about the files of versions.

#include <string>
#include <utility>

#include "base/json/value.h"
#include "registry/model_version_store.h"
#include "registry/registry_service.h"
#include "storage/artifact_manifest.h"
#include "storage/artifact_store.h"
#include "storage/database.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"

namespace yard::registry {
namespace {

constexpr std::string_view kStoreScheme = "mlflow-artifacts:/";
constexpr std::string_view kRunScheme = "runs:/";
constexpr char kVersionsTag[] = "mlflow.modelVersions";

base::Error NotLocal(const std::string& storage_location) {
  return base::FailedPrecondition("the files of the version are not in this server's store",
                                  {"storage_location", storage_location})
      .WithReason("not_local");
}

// What the tag of a logged model says already; a tag that is no list is begun anew.
base::json::Array VersionsOf(const tracking::LoggedModel& model) {
  for (const tracking::Tag& tag : model.tags) {
    if (tag.key != kVersionsTag) continue;
    auto parsed = base::json::Parse(tag.value);
    if (parsed.ok() && parsed->as_array()) return *parsed->as_array();
  }
  return {};
}

}  // namespace

base::Result<std::string> RegistryService::StorePath(const ModelVersion& version) {
  return StorePathOf(version.storage_location);
}

base::Result<std::string> RegistryService::StorePathOf(const std::string& storage_location) {
  std::string_view rest = storage_location;
  if (rest.starts_with(kStoreScheme)) return std::string(rest.substr(kStoreScheme.size()));
  if (!rest.starts_with(kRunScheme)) return NotLocal(storage_location);
  rest.remove_prefix(kRunScheme.size());
  const size_t end = std::min(rest.find('/'), rest.size());
  YARD_ASSIGN_OR_RETURN(const auto run, neighbours_.runs.GetInfo(std::string(rest.substr(0, end))));
  if (!run.artifact_location.starts_with(kStoreScheme)) return NotLocal(storage_location);
  return run.artifact_location.substr(kStoreScheme.size()) + std::string(rest.substr(end));
}

base::Result<std::vector<PinnedFile>> RegistryService::PinFiles(
    const std::string& storage_location) {
  const auto path = StorePathOf(storage_location);
  if (!path.ok()) return std::vector<PinnedFile>();
  auto manifest = storage::MakeManifest(neighbours_.artifacts, *path);
  const bool has_none = !manifest.ok() && manifest.error().code() == base::Code::kNotFound;
  if (has_none) return std::vector<PinnedFile>();
  if (!manifest.ok()) return std::move(manifest).error();
  std::vector<PinnedFile> files;
  for (auto& entry : manifest->entries)
    files.push_back({std::move(entry.path), entry.size_bytes, std::move(entry.sha256)});
  return files;
}

base::Result<std::vector<PinnedFile>> RegistryService::PinnedFiles(std::string_view name,
                                                                   int64_t version) {
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<std::vector<PinnedFile>> {
        ModelVersionReader reader(snapshot);
        YARD_ASSIGN_OR_RETURN(const bool exists, reader.Exists(name, version));
        if (!exists) return ModelVersionNotFound(name, version);
        return reader.Files(name, version);
      });
}

base::Result<std::filesystem::path> RegistryService::LocalFolder(const ModelVersion& version) {
  YARD_ASSIGN_OR_RETURN(const std::string folder, StorePath(version));
  // The store knows where its files are; the folder is what is left without the file's own path.
  std::string first_file;
  const auto walked = storage::WalkArtifacts(
      neighbours_.artifacts, folder, [&](const storage::ArtifactInfo& file) -> base::Result<void> {
        first_file = file.path;
        return base::Error(base::Code::kCancelled, "one file is enough");
      });
  if (first_file.empty()) {
    if (!walked.ok()) return walked.error();
    return base::NotFound("the version has no files",
                          {"storage_location", version.storage_location})
        .WithReason("version_has_no_files");
  }
  YARD_ASSIGN_OR_RETURN(const auto reader, neighbours_.artifacts.Open(first_file));
  const auto local = reader->local_path();
  if (!local) return NotLocal(version.storage_location);
  const size_t inner = first_file.size() - folder.size();
  std::filesystem::path path(local->substr(0, local->size() - inner));
  return path;
}

base::Result<void> RegistryService::LinkToLoggedModel(const ModelVersion& version) {
  auto model = neighbours_.logged_models.Get(version.model_id);
  const bool is_gone = !model.ok() && model.error().code() == base::Code::kNotFound;
  if (is_gone) return {};
  if (!model.ok()) return std::move(model).error();
  base::json::Array versions = VersionsOf(*model);
  versions.push_back(base::json::Object{{"name", version.name}, {"version", version.version}});
  const tracking::Tag tag{kVersionsTag, base::json::Value(std::move(versions)).ToJson()};
  auto linked = neighbours_.logged_models.SetTags(version.model_id, {&tag, 1});
  if (!linked.ok()) return std::move(linked).error();
  return {};
}

}  // namespace yard::registry
