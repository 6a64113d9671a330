#pragma once

#include <string>

#include "base/result.h"
#include "net/http.h"

namespace yard::net {

/// A file on disk as a client shall see it.
struct ServedFile {
  std::string path;
  std::string content_type = "application/octet-stream";
  /// Not empty: "Content-Disposition: attachment" under this name, so that no browser renders it.
  std::string attachment_name;
  /// A strong validator with its quotes, such as "\"<sha256>\""; made from size, inode and time of
  /// change when empty.
  std::string etag;
};

/// Answers GET and HEAD for a file, sent from disk in pieces: Content-Length, ETag, Last-Modified,
/// Accept-Ranges; one Range -> 206, several -> 206 multipart/byteranges (at most 32, else the whole
/// file), none satisfiable -> 416 with `Content-Range: bytes */size`; If-None-Match and
/// If-Modified-Since -> 304; If-Range. Touches the disk: for blocking handlers.
///
/// Errors: kNotFound when there is no such file, kFailedPrecondition (reason "is_a_directory") for
/// what is no regular file.
base::Result<Response> ServeFile(const Request& request, const ServedFile& file);

}  // namespace yard::net
