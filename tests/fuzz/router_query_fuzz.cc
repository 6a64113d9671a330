// The router takes any target; encoding a decoded query gives the same pairs again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/router.h"

namespace {

using yard::net::Method;

yard::net::Router& Routes() {
  static yard::net::Router router;
  static const bool built = [] {
    const auto nothing = [](const yard::net::Request&) { return yard::net::Response(); };
    for (const char* pattern : {"/", "/a", "/a/{x}", "/a/{x}/b", "/a/{x}/{y}", "/a/c/{rest*}",
                                "/{one}/{two}/{three}/{rest*}"})
      router.Get(pattern, nothing);
    router.Post("/a/{x}", nothing);
    return true;
  }();
  static_cast<void>(built);
  return router;
}

std::string Encode(const yard::net::NameValues& pairs) {
  std::string query;
  for (const auto& [name, value] : pairs)
    query += yard::net::PercentEncode(name) + '=' + yard::net::PercentEncode(value) + '&';
  return query;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const size_t mark = std::min(target.find('?'), target.size());
  const auto match = Routes().Find(Method::kGet, target.substr(0, mark));
  if ((match.blocking != nullptr) == match.pattern.empty()) std::abort();
  const auto pairs = yard::net::ParseQuery(target.substr(std::min(mark + 1, target.size())));
  if (yard::net::ParseQuery(Encode(pairs)) != pairs) std::abort();
  return 0;
}
