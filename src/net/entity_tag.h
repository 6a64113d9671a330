#pragma once

#include <string_view>

namespace yard::net {

/// Whether an If-None-Match header names `etag` (or "*"), by weak comparison: a W/ prefix does not
/// count.
bool MatchesETag(std::string_view header, std::string_view etag);

}  // namespace yard::net
