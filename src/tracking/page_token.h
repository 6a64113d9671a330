#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::tracking {

/// A page token for `position`, an opaque piece of bytes; good for the same `request` only.
std::string MakePageToken(std::string_view request, std::string_view position);

/// The position inside a token. Errors: kInvalidArgument "bad_page_token" for what is no token or
/// belongs to another request.
base::Result<std::string> ReadPageToken(std::string_view request, std::string_view token);

/// For a position that does not read.
base::Error BadPageToken();

}  // namespace yard::tracking
