#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace yard::net {

/// Whether the client's Accept-Encoding takes gzip (RFC 9110 section 12.5.3, quality values
/// included).
bool AcceptsGzip(const Headers& headers);

/// Whether bodies of this media type shrink: text, JSON, JavaScript, XML, SVG. Event streams do
/// not count.
bool IsCompressible(std::string_view content_type);

/// A gzip member (RFC 1952) of `bytes`, for speed rather than size. Uses less than 300 KiB of
/// memory while it runs.
std::string Gzip(std::string_view bytes);

/// Errors: kInvalidArgument for corrupt or truncated data, kResourceExhausted when the result would
/// exceed `limit_bytes`.
base::Result<std::string> Gunzip(std::string_view bytes, uint64_t limit_bytes);

/// Unpacks a gzip body piece by piece, with the errors of Gunzip and of `source`.
std::shared_ptr<BodyReader> MakeGunzipReader(std::shared_ptr<BodyReader> source,
                                             uint64_t limit_bytes);

}  // namespace yard::net
