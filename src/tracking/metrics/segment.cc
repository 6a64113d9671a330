#include "tracking/metrics/segment.h"

#include "tracking/metrics/bytes.h"

namespace yard::tracking {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kMinBytesPerPoint = 12;  // four varints and a value

base::Error Damaged() {
  return base::DataLoss("a metric segment is damaged").WithReason("damaged_segment");
}

}  // namespace

std::string EncodeSegment(std::span<const LoggedPoint> points) {
  std::string bytes;
  bytes.reserve(8 + points.size() * 18);
  ByteWriter writer(bytes);
  writer.Byte(kVersion);
  writer.Varint(points.size());
  LoggedPoint previous;
  for (const LoggedPoint& logged : points) {
    writer.Signed(WrappingSubtract(logged.run, previous.run));
    writer.Signed(WrappingSubtract(logged.key, previous.key));
    writer.Signed(WrappingSubtract(logged.point.step, previous.point.step));
    writer.Signed(WrappingSubtract(logged.point.time, previous.point.time));
    writer.Fixed64(std::bit_cast<uint64_t>(logged.point.value));
    previous = logged;
  }
  return bytes;
}

base::Result<std::vector<LoggedPoint>> DecodeSegment(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Byte() != kVersion) return Damaged();
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count > reader.remaining() / kMinBytesPerPoint) return Damaged();
  std::vector<LoggedPoint> points;
  points.reserve(static_cast<size_t>(count));
  LoggedPoint logged;
  for (uint64_t i = 0; i < count; ++i) {
    logged.run = WrappingAdd(logged.run, reader.Signed());
    logged.key = WrappingAdd(logged.key, reader.Signed());
    logged.point.step = WrappingAdd(logged.point.step, reader.Signed());
    logged.point.time = WrappingAdd(logged.point.time, reader.Signed());
    logged.point.value = WithOneNan(std::bit_cast<double>(reader.Fixed64()));
    points.push_back(logged);
  }
  if (!reader.ok() || !reader.at_end()) return Damaged();
  return points;
}

}  // namespace yard::tracking
