#include "net/url.h"

#include <algorithm>

#include "net/http.h"

namespace yard::net {
namespace {

base::Error BadUrl(std::string message, std::string_view url) {
  return base::InvalidArgument(std::move(message), {"url", std::string(url)}).WithReason("bad_url");
}

bool HasControlOrSpace(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

std::string DefaultPort(std::string_view scheme) { return scheme == "https" ? "443" : "80"; }

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Splits "host", "host:port" and "[::1]:port" into `url`. False when malformed.
bool ReadAuthority(std::string_view authority, Url& url) {
  const bool bracketed = authority.starts_with('[');
  const size_t host_end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && host_end == std::string_view::npos) return false;
  url.host = bracketed ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
  const size_t port_start = std::min(bracketed ? host_end + 1 : host_end, authority.size());
  const std::string_view port = authority.substr(port_start);
  url.port = port.empty() ? DefaultPort(url.scheme) : std::string(port.substr(1));
  return !url.host.empty() && (port.empty() || port.front() == ':') && IsPort(url.port);
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != DefaultPort(scheme)) text += ':' + port;
  return text;
}

base::Result<Url> ParseUrl(std::string_view text) {
  if (HasControlOrSpace(text)) return BadUrl("a URL has no spaces or control characters", text);
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos)
    return BadUrl("the URL must begin with http:// or https://", text);
  Url url;
  url.scheme = ToLowerCase(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https")
    return BadUrl("the URL must begin with http:// or https://", text);
  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos)
    return BadUrl("send credentials in a header, not in the URL", "");
  if (!ReadAuthority(authority, url)) return BadUrl("the URL has no usable host", text);
  url.target = rest.substr(authority_end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace yard::net
