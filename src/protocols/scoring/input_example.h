#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/model.h"
#include "serving/input_layout.h"

namespace yard::protocols::scoring {

/// Reads the input example that MLflow stores beside a model (serving_input_example.json, a body of
/// /invocations): a serving::ExampleReader.
base::Result<inference::Frame> ReadInputExample(const inference::Model& model,
                                                const serving::InputLayout& layout,
                                                std::string_view example_json);

}  // namespace yard::protocols::scoring
