#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "inference/formats/npy_reader.h"
#include "walk_objects.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto array = yard::inference::formats::ReadNpy(bytes);
  if (!array.ok()) return 0;
  yard::inference::formats::Object object;
  object.kind = yard::inference::formats::ObjectKind::kArray;
  object.array = *std::move(array);
  yard::fuzz::WalkObjects(object);
  return 0;
}
