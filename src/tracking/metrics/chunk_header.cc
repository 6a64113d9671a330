#include "tracking/metrics/chunk_header.h"

#include "tracking/metrics/bytes.h"

namespace yard::tracking {
namespace {

void Write(ByteWriter& writer, const StoredPoint& point) {
  writer.Signed(point.step);
  writer.Signed(point.time);
  writer.Fixed64(std::bit_cast<uint64_t>(point.value));
}

StoredPoint Read(ByteReader& reader) {
  StoredPoint point;
  point.step = reader.Signed();
  point.time = reader.Signed();
  point.value = WithOneNan(std::bit_cast<double>(reader.Fixed64()));
  return point;
}

}  // namespace

ChunkExtremes ExtremesOf(std::span<const StoredPoint> points) {
  ChunkExtremes extremes{points.front(), points.back(), points.front(), points.front()};
  bool has_number = false;
  for (const StoredPoint& point : points) {
    if (std::isnan(point.value)) continue;
    if (!has_number || point.value < extremes.least.value) extremes.least = point;
    if (!has_number || point.value > extremes.greatest.value) extremes.greatest = point;
    has_number = true;
  }
  return extremes;
}

std::string EncodeExtremes(const ChunkExtremes& extremes) {
  std::string bytes;
  ByteWriter writer(bytes);
  Write(writer, extremes.first);
  Write(writer, extremes.last);
  Write(writer, extremes.least);
  Write(writer, extremes.greatest);
  return bytes;
}

base::Result<ChunkExtremes> DecodeExtremes(std::string_view bytes) {
  ByteReader reader(bytes);
  ChunkExtremes extremes;
  extremes.first = Read(reader);
  extremes.last = Read(reader);
  extremes.least = Read(reader);
  extremes.greatest = Read(reader);
  if (!reader.ok() || !reader.at_end()) {
    return base::DataLoss("the header of a chunk is damaged").WithReason("damaged_chunk");
  }
  return extremes;
}

}  // namespace yard::tracking
