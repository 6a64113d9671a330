#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace yard::net {

/// One file of the web page inside the binary. All views live as long as the process.
struct EmbeddedFile {
  std::string_view path;          // "assets/app-5f2c9b1a.js"
  std::string_view content;       //
  std::string_view gzip_content;  // empty when compression does not pay
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view etag;          // with quotes, of the content
};

/// Serves a single-page application from the binary.
///
/// Names with a hash ("assets/app-5f2c9b1a.js") may be cached for ever; others are revalidated by
/// ETag. A browser's navigation (Accept: text/html) to a path that no file has gets index.html,
/// except under assets/ and the prefixes of the programming interfaces; everything else gets 404
/// with an empty body, other methods than GET and HEAD too. HTML allows content of this server only
/// (Content-Security-Policy). Thread-safe.
class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files);
  StaticFiles(std::span<const EmbeddedFile> files, std::vector<std::string> reserved_prefixes);

  Response Serve(const Request& request) const;
  /// For Router::Fallback. This object must outlive the router.
  AsyncHandler handler() const;

  /// "/api", "/ajax-api", "/get-artifact", "/model-versions", "/graphql", "/metrics", "/v1", "/v2".
  static std::vector<std::string> DefaultReservedPrefixes();

 private:
  const EmbeddedFile* Find(const Request& request) const;
  bool IsNavigation(const Request& request) const;

  std::map<std::string_view, EmbeddedFile, std::less<>> files_;
  std::vector<std::string> reserved_prefixes_;
};

}  // namespace yard::net
