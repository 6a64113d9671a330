#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace yard::net {

struct GuardOptions {
  bool is_on = true;
  /// Names beyond those always accepted, without port: "models.example.com"; "*" accepts all.
  std::vector<std::string> allowed_hosts;
  /// Origins beyond the server's own: "https://notebooks.example.com"; "*" accepts all.
  std::vector<std::string> allowed_origins;
};

/// Keeps web pages of strangers away from a server that trusts its network.
///
/// A Host that is neither localhost, an address of a private or loopback range, the bound host nor
/// a configured name is refused: that is how DNS rebinding looks. A request that changes state
/// (anything but GET, HEAD, OPTIONS) and carries an Origin that is neither the Host itself, a
/// loopback name nor configured is refused too. Clients that are no browsers send no Origin.
/// Thread-safe.
class RequestGuard {
 public:
  RequestGuard(GuardOptions options, std::string bound_host);

  /// The 403 to send, or nothing when the request may pass.
  std::optional<Response> Refusal(const Request& request) const;

 private:
  bool AcceptsHost(std::string_view host) const;
  bool AcceptsOrigin(std::string_view origin, std::string_view host) const;

  GuardOptions options_;
  std::string bound_host_;
};

/// "localhost" of "localhost:5000", "[::1]" of "[::1]:5000".
std::string_view HostWithoutPort(std::string_view host);

}  // namespace yard::net
