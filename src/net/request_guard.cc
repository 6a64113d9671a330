#include "net/request_guard.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace yard::net {
namespace {

std::optional<std::array<uint8_t, 4>> ParseAddress(std::string_view host) {
  std::array<uint8_t, 4> bytes{};
  const char* next = host.data();
  const char* const end = host.data() + host.size();
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && (next == end || *next++ != '.')) return std::nullopt;
    const auto [after, error] = std::from_chars(next, end, bytes[i]);
    if (error != std::errc()) return std::nullopt;
    next = after;
  }
  return next == end ? std::optional(bytes) : std::nullopt;
}

bool IsLoopbackName(std::string_view host) {
  const auto address = ParseAddress(host);
  return EqualsIgnoringCase(host, "localhost") || host == "[::1]" ||
         (address && (*address)[0] == 127);
}

/// RFC 1918, loopback and link-local. An address cannot be rebound, but a page of a public address
/// has no business here.
bool IsPrivateAddress(std::string_view host) {
  const auto address = ParseAddress(host);
  if (!address) return host == "[::1]";
  const auto [a, b, c, d] = *address;
  return a == 127 || a == 10 || (a == 192 && b == 168) || (a == 172 && b >= 16 && b <= 31) ||
         (a == 169 && b == 254);
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& candidate) {
    return candidate == "*" || EqualsIgnoringCase(candidate, name);
  });
}

bool ChangesState(Method method) {
  return method != Method::kGet && method != Method::kHead && method != Method::kOptions;
}

}  // namespace

std::string_view HostWithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  return host.substr(0, host.find(':'));
}

RequestGuard::RequestGuard(GuardOptions options, std::string bound_host)
    : options_(std::move(options)), bound_host_(std::move(bound_host)) {}

std::optional<Response> RequestGuard::Refusal(const Request& request) const {
  if (!options_.is_on) return std::nullopt;
  const std::string_view host = request.headers.Get("Host").value_or("");
  if (!AcceptsHost(host))
    return Response::Text("Invalid Host header - possible DNS rebinding attack detected", 403);
  if (!ChangesState(request.method)) return std::nullopt;
  const auto origin = request.headers.Get("Origin");
  if (origin && !AcceptsOrigin(*origin, host))
    return Response::Text("Cross-origin request blocked", 403);
  return std::nullopt;
}

bool RequestGuard::AcceptsHost(std::string_view host) const {
  if (host.empty()) return true;  // only HTTP/1.0 may leave it out, and no browser speaks that
  const std::string_view name = HostWithoutPort(host);
  return IsLoopbackName(name) || IsPrivateAddress(name) || EqualsIgnoringCase(name, bound_host_) ||
         Contains(options_.allowed_hosts, name);
}

bool RequestGuard::AcceptsOrigin(std::string_view origin, std::string_view host) const {
  if (Contains(options_.allowed_origins, origin)) return true;
  const size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;  // "null" of sandboxed pages
  const std::string_view authority = origin.substr(scheme_end + 3);
  return EqualsIgnoringCase(authority, host) || IsLoopbackName(HostWithoutPort(authority));
}

}  // namespace yard::net
