// A path that SafeRelativePath accepts stays below its root, however often it is percent-decoded.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/path.h"

namespace {

bool LeavesItsRoot(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) return true;
  const std::string framed = "/" + std::string(path) + "/";
  return framed.find("/../") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view path(reinterpret_cast<const char*>(data), size);
  const auto safe = yard::net::SafeRelativePath(path);
  if (!safe.ok()) return 0;
  std::string decoded = *safe;
  for (std::string before; before != decoded;) {
    if (LeavesItsRoot(decoded)) std::abort();
    before = decoded;
    decoded = yard::net::PercentDecode(decoded);
    if (decoded.find('\0') != std::string::npos) std::abort();
  }
  return 0;
}
