// Artifacts asked for by run, logged model or model version instead of by path: what web pages,
// people and clients in other languages use.

#include <string>
#include <utility>

#include "protocols/mlflow/artifact_answers.h"
#include "protocols/mlflow/error.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "registry/registry_service.h"
#include "storage/artifact_store.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using net::Response;

constexpr uint64_t kMaxPageUploadBytes = 10 * 1024 * 1024;

struct RunArtifactCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<std::string> path;
};
YARD_DESCRIBE(RunArtifactCall, run_id, run_uuid, path)

struct VersionArtifactCall {
  std::optional<std::string> name;
  std::optional<std::string> version;
  std::optional<std::string> path;
};
YARD_DESCRIBE(VersionArtifactCall, name, version, path)

struct ModelArtifactCall {
  std::optional<std::string> artifact_file_path;
  std::optional<std::string> artifact_directory_path;
};
YARD_DESCRIBE(ModelArtifactCall, artifact_file_path, artifact_directory_path)

base::Result<std::string> RunArtifactUri(const RunArtifactCall& call,
                                         const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const std::string run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(auto run, services.runs.GetInfo(run_id));
  return std::move(run.artifact_location);
}

// The store's path of one artifact, for each way of naming its owner.

base::Result<std::string> PathOfRunArtifact(const Request& request,
                                            const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const auto call,
                        base::json::DecodePairs<RunArtifactCall>(request.query_parameters()));
  YARD_ASSIGN_OR_RETURN(const auto path, Need(call.path, "path"));
  YARD_ASSIGN_OR_RETURN(const auto uri, RunArtifactUri(call, services));
  YARD_ASSIGN_OR_RETURN(const auto folder, StorePathOf(uri));
  return PathBelow(folder, path);
}

base::Result<std::string> PathOfVersionArtifact(const Request& request,
                                                const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const auto call,
                        base::json::DecodePairs<VersionArtifactCall>(request.query_parameters()));
  YARD_ASSIGN_OR_RETURN(const auto name, Need(call.name, "name"));
  YARD_ASSIGN_OR_RETURN(const auto version_text, Need(call.version, "version"));
  YARD_ASSIGN_OR_RETURN(const auto path, Need(call.path, "path"));
  YARD_ASSIGN_OR_RETURN(const auto number, ParseVersion(version_text));
  YARD_ASSIGN_OR_RETURN(const auto version, services.registry.GetVersion(name, number));
  YARD_ASSIGN_OR_RETURN(const auto folder, services.registry.StorePath(version));
  return PathBelow(folder, path);
}

base::Result<std::string> PathOfModelArtifact(const Request& request,
                                              const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const auto call,
                        base::json::DecodePairs<ModelArtifactCall>(request.query_parameters()));
  YARD_ASSIGN_OR_RETURN(const auto path, Need(call.artifact_file_path, "artifact_file_path"));
  YARD_ASSIGN_OR_RETURN(const auto model, services.logged_models.Get(
                                              std::string(request.path_parameter("model_id"))));
  YARD_ASSIGN_OR_RETURN(const auto folder, StorePathOf(model.artifact_location));
  return PathBelow(folder, path);
}

using PathFinder = base::Result<std::string> (*)(const Request&, const MlflowServices&);

void AddDownload(net::Router& router, std::string_view pattern, PathFinder find,
                 const MlflowServices& services) {
  net::RouteOptions options;
  options.compresses = false;
  router.Handle(
      net::Method::kGet, pattern,
      [services, find](const Request& request) {
        const auto path = find(request, services);
        if (!path.ok()) return ErrorResponse(path.error());
        return ServeArtifact(request, services.artifacts, *path);
      },
      options);
}

Response UploadFromPage(const Request& request, const MlflowServices& services) {
  const auto path = PathOfRunArtifact(request, services);
  if (!path.ok()) return ErrorResponse(path.error());
  return ReceiveArtifact(request, services.artifacts, *path);
}

// Unlike the proxy's list, this one names paths from the root of the run or model.
base::Result<std::string> ListBelow(const std::string& root_uri, const std::string& path,
                                    storage::ArtifactStore& store) {
  YARD_ASSIGN_OR_RETURN(const auto root, StorePathOf(root_uri));
  YARD_ASSIGN_OR_RETURN(const auto folder, PathBelow(root, path));
  YARD_ASSIGN_OR_RETURN(const auto entries, store.List(folder));
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Member("root_uri", root_uri);
  if (!entries.empty()) {
    writer.Key("files").BeginArray();
    for (const storage::ArtifactInfo& entry : entries) {
      writer.BeginObject()
          .Member("path", std::string_view(entry.path).substr(root.size() + 1))
          .Member("is_dir", entry.is_folder);
      if (entry.size_bytes > 0) writer.Member("file_size", entry.size_bytes);
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
  return json;
}

base::Result<std::string> ListOfRun(const Request& request, const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<RunArtifactCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto uri, RunArtifactUri(call, services));
  return ListBelow(uri, call.path.value_or(""), services.artifacts);
}

base::Result<std::string> ListOfModel(const Request& request, const MlflowServices& services) {
  YARD_ASSIGN_OR_RETURN(const auto call,
                        base::json::DecodePairs<ModelArtifactCall>(request.query_parameters()));
  YARD_ASSIGN_OR_RETURN(const auto model, services.logged_models.Get(
                                              std::string(request.path_parameter("model_id"))));
  return ListBelow(model.artifact_location, call.artifact_directory_path.value_or(""),
                   services.artifacts);
}

// Addresses for direct transfer exist only where an object store holds the artifacts.
base::Result<std::string> RefusePresigned(const Request&) {
  return base::InvalidArgument(
      "presigned addresses are not supported for proxied artifact storage; use the artifact proxy");
}

}  // namespace

void AddRunArtifactRoutes(net::Router& router, const MlflowServices& services) {
  AddDownload(router, "/get-artifact", PathOfRunArtifact, services);
  AddDownload(router, "/model-versions/get-artifact", PathOfVersionArtifact, services);
  AddDownload(router, "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
              PathOfModelArtifact, services);
  net::RouteOptions upload;
  upload.body_limit_bytes = kMaxPageUploadBytes;
  upload.streams_body = true;
  router.Handle(
      net::Method::kPost, "/ajax-api/2.0/mlflow/upload-artifact",
      [services](const Request& request) { return UploadFromPage(request, services); }, upload);

  ApiRoutes routes(router);
  routes.Get("artifacts/list",
             [services](const Request& request) { return ListOfRun(request, services); });
  routes.Get("logged-models/{model_id}/artifacts/directories",
             [services](const Request& request) { return ListOfModel(request, services); });
  routes.Post("artifacts/presigned-upload-url", RefusePresigned);
  routes.Post("artifacts/presigned-download-url", RefusePresigned);
}

}  // namespace yard::protocols::mlflow
