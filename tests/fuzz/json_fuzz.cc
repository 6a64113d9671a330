// Reads any bytes both ways; what is accepted must survive a round trip through the writer.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json/reader.h"
#include "base/json/value.h"

namespace {

using yard::base::Result;
namespace json = yard::base::json;

Result<void> Walk(json::Element element) {
  const auto kind = element.kind();
  if (!kind.ok()) return kind.error();
  switch (*kind) {
    case json::Kind::kObject:
      return element.ForEachField(
          [](std::string_view, json::Element value) { return Walk(value); });
    case json::Kind::kArray:
      return element.ForEachItem([](json::Element item) { return Walk(item); });
    case json::Kind::kString:
      (void)element.String().ok();
      return {};
    case json::Kind::kNumber:
      (void)element.Double().ok();
      return {};
    default:
      (void)element.Raw().ok();
      return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)json::Read(text, [](json::Element root) { return Walk(root); }).ok();
  const auto value = json::Parse(text);
  if (!value.ok()) return 0;
  const std::string written = value->ToJson();
  const auto again = json::Parse(written);
  if (!again.ok() || again->ToJson() != written) std::abort();
  return 0;
}
