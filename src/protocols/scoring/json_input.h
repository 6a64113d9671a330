#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/model.h"
#include "serving/frame_builder.h"

namespace yard::protocols::scoring {

/// A JSON body of MLflow's scoring protocol.
struct JsonInput {
  inference::Frame frame;
  std::string predict_method;  // of "params"; empty when absent
};

/// Reads an object with exactly one of dataframe_split, dataframe_records, instances and inputs,
/// and optionally params, into a frame of `builder`'s model. Errors: kInvalidArgument; reason
/// "bad_input" with a message in MLflow's words, "malformed_json", and those of FrameBuilder.
base::Result<JsonInput> ReadJsonInput(std::string_view body, serving::FrameBuilder& builder,
                                      const inference::Model& model);

}  // namespace yard::protocols::scoring
