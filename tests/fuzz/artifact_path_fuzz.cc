// A path that the artifact store accepts has no part that could lead out of its root.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/artifact_store.h"

namespace {

bool IsHarmless(std::string_view part) {
  return !part.empty() && part != "." && part != ".." &&
         part.find('\0') == std::string_view::npos &&
         part.size() <= yard::storage::kMaxArtifactName;
}

bool AllHarmless(std::string_view path) {
  for (std::string_view rest = path; !path.empty();) {
    const size_t slash = rest.find('/');
    if (!IsHarmless(rest.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view path(reinterpret_cast<const char*>(data), size);
  const auto checked = yard::storage::CheckArtifactPath(path);
  if (!checked.ok()) return 0;
  if (!AllHarmless(*checked)) std::abort();
  const auto again = yard::storage::CheckArtifactPath(*checked);
  if (!again.ok() || *again != *checked) std::abort();
  return 0;
}
