#include <cstddef>
#include <cstdint>
#include <string>

#include "inference/formats/skops_reader.h"
#include "inference/formats/zip_bytes.h"
#include "walk_objects.h"

// The input is a whole file, or (because no mutation keeps a zip's checksums right) a schema that
// is put into a zip together with one array.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using yard::inference::testing_support::MakeZip;
  using yard::inference::testing_support::Stored;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with('{')) {
    const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n";
    const std::string array = std::string("\x93NUMPY\x01\x00", 8) +
                              static_cast<char>(header.size()) + '\0' + header +
                              std::string(16, '\1');
    bytes = MakeZip({Stored("schema.json", bytes), Stored("1.npy", array)});
  }
  const auto graph = yard::inference::formats::ReadSkops(bytes);
  if (graph.ok()) yard::fuzz::WalkObjects(graph->root());
  return 0;
}
