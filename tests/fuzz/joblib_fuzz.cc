#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inference/formats/joblib_reader.h"
#include "walk_objects.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto graph = yard::inference::formats::ReadJoblib(bytes);
  if (graph.ok()) yard::fuzz::WalkObjects(graph->root());
  return 0;
}
