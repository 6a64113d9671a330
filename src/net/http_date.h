#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yard::net {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7) of seconds since 1970-01-01 UTC.
std::string FormatHttpDate(int64_t seconds);

/// Reads that form; nothing for anything else.
std::optional<int64_t> ParseHttpDate(std::string_view text);

}  // namespace yard::net
