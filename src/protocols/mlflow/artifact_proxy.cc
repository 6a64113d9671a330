// The artifact proxy: clients upload, download, list and delete through the server.

#include <string>
#include <utility>

#include "protocols/mlflow/artifact_answers.h"
#include "protocols/mlflow/error.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "storage/artifact_store.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using net::Response;
using storage::ArtifactStore;

// Larger files belong into an object store.
constexpr uint64_t kMaxArtifactBytes = uint64_t{1} << 40;

struct ListCall {
  std::optional<std::string> path;
};
YARD_DESCRIBE(ListCall, path)

base::Result<std::string> PathOf(const Request& request) {
  return PathBelow("", request.path_parameter("path"));
}

Response Download(const Request& request, ArtifactStore& store) {
  const auto path = PathOf(request);
  if (!path.ok()) return ErrorResponse(path.error());
  return ServeArtifact(request, store, *path);
}

Response Upload(const Request& request, ArtifactStore& store) {
  const auto path = PathOf(request);
  if (!path.ok()) return ErrorResponse(path.error());
  if (path->empty() || request.path_parameter("path").ends_with('/')) {
    return DetailResponse(400, "Artifact path must include a filename (cannot end with '/').");
  }
  return ReceiveArtifact(request, store, *path);
}

// Deleting what is not there is fine: the client wanted it gone.
Response Delete(const Request& request, ArtifactStore& store) {
  const auto path = PathOf(request);
  if (!path.ok()) return ErrorResponse(path.error());
  const auto deleted = store.Delete(*path);
  const bool is_gone = deleted.ok() || deleted.error().code() == base::Code::kNotFound;
  return is_gone ? Response::Json(kEmptyObject) : ErrorResponse(deleted.error());
}

std::string ListJson(const std::vector<storage::ArtifactInfo>& entries) {
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject();
  if (!entries.empty()) {
    writer.Key("files").BeginArray();
    for (const storage::ArtifactInfo& entry : entries) {
      const std::string_view path = entry.path;
      writer.BeginObject()
          .Member("path", path.substr(path.rfind('/') + 1))
          .Member("is_dir", entry.is_folder);
      if (entry.size_bytes > 0) writer.Member("file_size", entry.size_bytes);
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
  return json;
}

Response List(const Request& request, ArtifactStore& store) {
  const auto call = Parse<ListCall>(request);
  if (!call.ok()) return ErrorResponse(call.error());
  const auto folder = PathBelow("", call->path.value_or(""));
  if (!folder.ok()) return ErrorResponse(folder.error());
  const auto entries = store.List(*folder);
  if (!entries.ok()) return ErrorResponse(entries.error());
  return Response::Json(ListJson(*entries));
}

// Clients that try anyway fall back to a plain upload or download when they read this.
net::BlockingHandler Unsupported(std::string what) {
  return [what = std::move(what)](const Request&) {
    return ErrorResponse(
        base::Unimplemented(what + " is not supported for the current artifact repository"));
  };
}

void AddMultipartRefusals(net::Router& router, const std::string& root) {
  for (const std::string step : {"create", "complete", "abort"})
    router.Post(root + "mpu/" + step + "/{path*}", Unsupported("Multipart upload"));
  router.Get(root + "presigned/{path*}", Unsupported("Multipart download"));
}

}  // namespace

void AddArtifactProxyRoutes(net::Router& router, ArtifactStore& store) {
  const auto on = [&store](auto call) {
    return [&store, call](const Request& request) { return call(request, store); };
  };
  net::RouteOptions upload;
  upload.body_limit_bytes = kMaxArtifactBytes;
  upload.streams_body = true;
  net::RouteOptions download;
  download.compresses = false;
  for (const std::string prefix : {"/api", "/ajax-api"}) {
    const std::string root = prefix + "/2.0/mlflow-artifacts/";
    router.Get(root + "artifacts", on(List));
    router.Handle(net::Method::kGet, root + "artifacts/{path*}", on(Download), download);
    router.Handle(net::Method::kPut, root + "artifacts/{path*}", on(Upload), upload);
    router.Delete(root + "artifacts/{path*}", on(Delete));
    AddMultipartRefusals(router, root);
  }
}

}  // namespace yard::protocols::mlflow
