#include "protocols/mlflow/artifact_answers.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/json/writer.h"
#include "net/path.h"
#include "net/ranged_file.h"
#include "protocols/mlflow/content_type.h"
#include "protocols/mlflow/error.h"

namespace yard::protocols::mlflow {
namespace {

constexpr std::string_view kProxyScheme = "mlflow-artifacts:/";

std::string NameOf(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// For stores that have no files on this machine: the artifact flows through.
net::Response StreamArtifact(std::shared_ptr<const storage::ArtifactReader> reader,
                             const std::string& path) {
  net::Response response;
  response.headers.Set("Content-Type", std::string(ContentTypeOf(path)));
  response.headers.Set("Content-Disposition", "attachment");
  response.headers.Set("X-Content-Type-Options", "nosniff");
  response.stream = [reader = std::move(reader)](const std::shared_ptr<net::StreamWriter>& writer) {
    constexpr size_t kPieceBytes = 256 * 1024;
    std::string piece(kPieceBytes, '\0');
    uint64_t offset = 0;
    while (offset < reader->size_bytes()) {
      const auto got = reader->ReadAt(offset, piece);
      if (!got.ok() || *got == 0) break;
      if (!writer->Write(std::string_view(piece).substr(0, *got))) break;
      offset += *got;
    }
    writer->Close();
  };
  return response;
}

net::Response AbsentOrFolder(storage::ArtifactStore& store, const std::string& path,
                             const base::Error& error) {
  const auto found = store.Find(path);
  const auto entry = found.ok() ? *found : std::nullopt;
  const bool is_folder = entry.has_value() && entry->is_folder;
  if (is_folder)
    return DetailResponse(400, "Artifact path refers to a directory, not a file: '" + path + "'");
  return ErrorResponse(error);
}

net::Response UploadFailed(const base::Error& error) {
  if (error.code() == base::Code::kResourceExhausted)
    return DetailResponse(413, "The artifact is larger than this server accepts.");
  if (error.code() == base::Code::kDeadlineExceeded)
    return DetailResponse(408, "The upload stopped before it was complete.");
  return ErrorResponse(error);
}

base::Result<void> CopyBody(const net::Request& request, storage::ArtifactWriter& writer) {
  if (!request.stream) return writer.Write(request.body);  // an empty body does not stream
  while (true) {
    YARD_ASSIGN_OR_RETURN(const std::string_view piece, request.stream->Next());
    if (piece.empty()) return {};
    YARD_RETURN_IF_ERROR(writer.Write(piece));
  }
}

}  // namespace

base::Result<std::string> PathBelow(std::string_view folder, std::string_view path) {
  YARD_ASSIGN_OR_RETURN(const std::string safe, net::SafeRelativePath(path));
  if (folder.empty()) return safe;
  return safe.empty() ? std::string(folder) : std::string(folder) + "/" + safe;
}

base::Result<std::string> StorePathOf(std::string_view artifact_uri) {
  if (artifact_uri.starts_with(kProxyScheme))
    return std::string(artifact_uri.substr(kProxyScheme.size()));
  return base::FailedPrecondition("the artifacts are not served by this server",
                                  {"artifact_uri", std::string(artifact_uri)})
      .WithReason("not_proxied");
}

net::Response ServeArtifact(const net::Request& request, storage::ArtifactStore& store,
                            const std::string& path) {
  if (path.empty()) return DetailResponse(400, "Artifact path refers to a directory, not a file");
  auto reader = store.Open(path);
  if (!reader.ok()) return AbsentOrFolder(store, path, reader.error());
  const auto local_path = (*reader)->local_path();
  if (!local_path) return StreamArtifact(*std::move(reader), path);
  auto response = net::ServeFile(
      request, {*local_path, std::string(ContentTypeOf(path)), NameOf(path), /*etag=*/""});
  if (!response.ok()) return ErrorResponse(response.error());
  response->headers.Set("X-Content-Type-Options", "nosniff");
  return *std::move(response);
}

net::Response ReceiveArtifact(const net::Request& request, storage::ArtifactStore& store,
                              const std::string& path) {
  auto writer = store.Create(path);
  if (!writer.ok()) return ErrorResponse(writer.error());
  const auto copied = CopyBody(request, **writer);
  if (!copied.ok()) return UploadFailed(copied.error());
  const auto stored = (*writer)->Commit();
  if (!stored.ok()) return ErrorResponse(stored.error());
  return net::Response::Empty(200);
}

net::Response DetailResponse(int status, std::string_view detail) {
  std::string body;
  base::json::Writer writer(body);
  writer.BeginObject().Member("detail", detail).EndObject();
  return net::Response::Json(std::move(body), status);
}

}  // namespace yard::protocols::mlflow
