#include "tracking/page_token.h"

#include "base/digest.h"
#include "tracking/metrics/bytes.h"

namespace yard::tracking {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string MakePageToken(std::string_view request, std::string_view position) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.Byte(kVersion);
  writer.Fixed64(base::StableHash(request));
  bytes += position;
  return base::Base64Encode(bytes);
}

base::Result<std::string> ReadPageToken(std::string_view request, std::string_view token) {
  const auto bytes = base::Base64Decode(token);
  if (!bytes.ok()) return BadPageToken();
  ByteReader reader(*bytes);
  const uint8_t version = reader.Byte();
  const uint64_t hash = reader.Fixed64();
  if (!reader.ok() || version != kVersion || hash != base::StableHash(request)) {
    return BadPageToken();
  }
  return std::string(reader.Take(reader.remaining()));
}

base::Error BadPageToken() {
  return base::InvalidArgument("the page token is not one of this search: start at the first page")
      .WithReason("bad_page_token");
}

}  // namespace yard::tracking
