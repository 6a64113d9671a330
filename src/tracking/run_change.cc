#include "tracking/run_change.h"

#include "tracking/metrics/bytes.h"

namespace yard::tracking {

std::string EncodeRunChange(std::span<const RunRef> runs) {
  std::string bytes;
  ByteWriter writer(bytes);
  for (const RunRef& ref : runs) {
    writer.Signed(ref.run);
    writer.Signed(ref.experiment);
    writer.Signed(ref.ordinal);
  }
  return bytes;
}

base::Result<std::vector<RunRef>> DecodeRunChange(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<RunRef> runs;
  while (reader.ok() && !reader.at_end()) {
    RunRef ref;
    ref.run = reader.Signed();
    ref.experiment = reader.Signed();
    ref.ordinal = reader.Signed();
    if (reader.ok()) runs.push_back(ref);
  }
  if (!reader.ok()) {
    return base::DataLoss("the log of changed runs is damaged").WithReason("damaged_run_change");
  }
  return runs;
}

}  // namespace yard::tracking
