#include "net/entity_tag.h"

#include <algorithm>

#include "net/http.h"

namespace yard::net {
namespace {

std::string_view WithoutWeakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

}  // namespace

bool MatchesETag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const size_t end = std::min(header.find(','), header.size());
    const std::string_view member = TrimSpaces(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    if (member == "*" || WithoutWeakness(member) == WithoutWeakness(etag)) return true;
  }
  return false;
}

}  // namespace yard::net
