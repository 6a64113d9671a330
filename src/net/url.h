#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::net {

/// The parts of "http://host:port/path?query" that a client needs.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // a name or address; IPv6 without brackets
  std::string port;    // digits; the scheme's own when absent
  std::string target;  // "/path?query", percent-encoded as given; "/" when absent

  /// For the Host header: with brackets and port where they are needed.
  std::string authority() const;
};

/// Errors: kInvalidArgument (reason "bad_url") for anything but absolute http and https URLs; user
/// names and passwords in URLs are refused.
base::Result<Url> ParseUrl(std::string_view text);

}  // namespace yard::net
