#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inference/formats/model_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(yard::inference::formats::ParseMlmodel(text));
  return 0;
}
