#include "inference/formats/joblib_reader.h"

#include "inference/formats/decompress.h"
#include "inference/formats/pickle_stream.h"

namespace yard::inference::formats {

base::Result<ObjectGraph> ReadJoblib(std::string_view bytes, const PickleLimits& limits) {
  const Compression compression = DetectCompression(bytes);
  if (compression == Compression::kNone)
    return ReadPickleStream(bytes, limits, ArrayStorage::kBehindWrapper);
  YARD_ASSIGN_OR_RETURN(const std::string content, Decompress(bytes, compression));
  return ReadPickleStream(content, limits, ArrayStorage::kBehindWrapper);
}

}  // namespace yard::inference::formats
