#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::net {

/// Checks a path that a client names below some root, and returns it normalized: without empty and
/// "." segments, "" for the root itself. Pass it as Request::path_parameters or query_parameters
/// hold it: percent-decoded once.
///
/// The path is refused when it, or what any further percent-decoding makes of it, has a ".."
/// segment, is absolute as POSIX ("/etc") or Windows ("C:/x", "\\host\share") understand it, or
/// holds '#' or NUL: whatever layer decodes once more than it should, the path stays below its
/// root. Other control characters are kept, escaped as "%0A". A backslash is an ordinary character,
/// as on POSIX. At most 4,096 bytes, and 255 a segment. Symbolic links are the caller's to resolve.
///
/// Errors: kInvalidArgument with reason "unsafe_path" or "path_too_long".
base::Result<std::string> SafeRelativePath(std::string_view path);

}  // namespace yard::net
