// Whatever lies in the database file: the readers of metric points give points or an error. What
// they accept they write again to the same points.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tracking/metrics/chunk_header.h"
#include "tracking/metrics/latest.h"
#include "tracking/metrics/segment.h"
#include "tracking/metrics/series_codec.h"
#include "tracking/run_change.h"
#include "tracking/search/column.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void TryChunk(std::string_view bytes) {
  const auto points = yard::tracking::DecodeChunk(bytes);
  if (!points.ok()) return;
  const auto again = yard::tracking::DecodeChunk(yard::tracking::EncodeChunk(*points));
  Require(again.ok() && again->size() == points->size());
  for (size_t i = 0; i < points->size(); ++i) {
    Require(yard::tracking::IsSamePoint((*points)[i], (*again)[i]));
  }
}

void TrySegment(std::string_view bytes) {
  const auto points = yard::tracking::DecodeSegment(bytes);
  if (!points.ok()) return;
  const auto again = yard::tracking::DecodeSegment(yard::tracking::EncodeSegment(*points));
  Require(again.ok() && again->size() == points->size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      TryChunk(bytes);
      break;
    case 1:
      (void)yard::tracking::DecodePack(bytes);
      break;
    case 2:
      TrySegment(bytes);
      break;
    case 3:
      (void)yard::tracking::DecodeLatest(bytes);
      break;
    case 4:
      (void)yard::tracking::DecodeExtremes(bytes);
      break;
    case 5:
      (void)yard::tracking::DecodeRunChange(bytes);
      break;
    case 6: {
      const auto column = yard::tracking::NumberColumn::Decode(bytes);
      if (column.ok()) Require(yard::tracking::NumberColumn::Decode(column->Encode()).ok());
      break;
    }
    default: {
      const auto column = yard::tracking::TextColumn::Decode(bytes);
      if (column.ok()) Require(yard::tracking::TextColumn::Decode(column->Encode()).ok());
      break;
    }
  }
  return 0;
}
