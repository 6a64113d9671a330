#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/model.h"
#include "serving/frame_builder.h"

namespace yard::protocols::scoring {

/// Reads CSV with a header line (RFC 4180: quotes, doubled quotes, line breaks inside quotes, LF or
/// CRLF) into a frame of `builder`'s model. Cells that pandas takes for missing ("", "NA", "NaN",
/// "null", …) are missing values. Errors: kInvalidArgument; reason "bad_csv" (detail "line"), and
/// those of FrameBuilder.
base::Result<inference::Frame> ReadCsvInput(std::string_view body, serving::FrameBuilder& builder,
                                            const inference::Model& model);

}  // namespace yard::protocols::scoring
