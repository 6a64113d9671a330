#include "net/static_files.h"

#include <algorithm>
#include <utility>

#include "net/compression.h"
#include "net/entity_tag.h"

namespace yard::net {
namespace {

constexpr std::string_view kIndex = "index.html";
constexpr size_t kHashLength = 8;

/// Vite writes "assets/<name>-<8 characters>.<extension>"; such content never changes.
bool HasHashedName(std::string_view path) {
  if (!path.starts_with("assets/")) return false;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.find('.');
  return dot != std::string_view::npos && dot > kHashLength && name[dot - kHashLength - 1] == '-';
}

/// "/api" covers "/api" and "/api/x", not "/apiary".
bool IsBelow(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool WantsHtml(const Request& request) {
  return request.headers.Get("Accept").value_or("").find("text/html") != std::string_view::npos;
}

Response Send(const Request& request, const EmbeddedFile& file) {
  Response response;
  response.headers.Add("Cache-Control", HasHashedName(file.path)
                                            ? "public, max-age=31536000, immutable"
                                            : "no-cache");
  const bool has_gzip = !file.gzip_content.empty();
  if (has_gzip) response.headers.Add("Vary", "Accept-Encoding");
  const bool packed = has_gzip && AcceptsGzip(request.headers);
  // Two encodings are two representations, so a strong ETag must tell them apart.
  std::string etag(file.etag);
  if (packed && etag.size() > 1) etag.insert(etag.size() - 1, "-gzip");
  response.headers.Add("ETag", etag);
  if (MatchesETag(request.headers.Get("If-None-Match").value_or(""), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.Add("Content-Type", std::string(file.content_type));
  if (file.content_type.starts_with("text/html")) {
    response.headers.Add(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'");
  }
  if (packed) response.headers.Add("Content-Encoding", "gzip");
  response.body = packed ? file.gzip_content : file.content;
  return response;
}

}  // namespace

std::vector<std::string> StaticFiles::DefaultReservedPrefixes() {
  return {"/api",     "/ajax-api", "/get-artifact", "/model-versions",
          "/graphql", "/metrics",  "/v1",           "/v2"};
}

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files)
    : StaticFiles(files, DefaultReservedPrefixes()) {}

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files,
                         std::vector<std::string> reserved_prefixes)
    : reserved_prefixes_(std::move(reserved_prefixes)) {
  for (const EmbeddedFile& file : files) files_.emplace(file.path, file);
}

bool StaticFiles::IsNavigation(const Request& request) const {
  const std::string path = PercentDecode(request.path);
  const bool reserved =
      std::any_of(reserved_prefixes_.begin(), reserved_prefixes_.end(),
                  [&](const std::string& prefix) { return IsBelow(path, prefix); });
  return !reserved && !IsBelow(path, "/assets") && WantsHtml(request);
}

const EmbeddedFile* StaticFiles::Find(const Request& request) const {
  const std::string path = PercentDecode(request.path);
  auto found = files_.find(path == "/" ? kIndex : std::string_view(path).substr(1));
  if (found == files_.end() && IsNavigation(request)) found = files_.find(kIndex);
  return found == files_.end() ? nullptr : &found->second;
}

Response StaticFiles::Serve(const Request& request) const {
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  const EmbeddedFile* file = reads && request.path.starts_with('/') ? Find(request) : nullptr;
  return file == nullptr ? Response::Empty(404) : Send(request, *file);
}

AsyncHandler StaticFiles::handler() const {
  return [this](const std::shared_ptr<const Request>& request, const Responder& responder) {
    responder.Send(Serve(*request));
  };
}

}  // namespace yard::net
