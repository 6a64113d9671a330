#include "tracking/metrics/latest.h"

#include "tracking/metrics/bytes.h"

namespace yard::tracking {

std::string EncodeLatest(const LatestByKey& latest) {
  std::string bytes;
  bytes.reserve(latest.size() * 18);
  ByteWriter writer(bytes);
  NameId previous_key = 0;
  int64_t previous_time = 0;
  for (const auto& [key, point] : latest) {
    writer.Signed(WrappingSubtract(key, previous_key));
    writer.Signed(point.step);
    writer.Signed(WrappingSubtract(point.time, previous_time));
    writer.Fixed64(std::bit_cast<uint64_t>(point.value));
    previous_key = key;
    previous_time = point.time;
  }
  return bytes;
}

base::Result<LatestByKey> DecodeLatest(std::string_view bytes) {
  ByteReader reader(bytes);
  LatestByKey latest;
  NameId key = 0;
  int64_t time = 0;
  while (reader.ok() && !reader.at_end()) {
    StoredPoint point;
    key = WrappingAdd(key, reader.Signed());
    point.step = reader.Signed();
    time = WrappingAdd(time, reader.Signed());
    point.time = time;
    point.value = WithOneNan(std::bit_cast<double>(reader.Fixed64()));
    if (reader.ok()) RaiseLatest(latest, key, point);
  }
  if (!reader.ok()) {
    return base::DataLoss("the current metrics of a run are damaged").WithReason("damaged_latest");
  }
  return latest;
}

}  // namespace yard::tracking
