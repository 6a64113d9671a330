#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/formats/model_folder.h"

namespace yard::inference::formats {

/// The part of ParseMlmodel that knows YAML.
base::Result<Mlmodel> ReadMlmodelDocument(std::string_view yaml);

/// MLflow's signature: JSON lists of column specs. Tensors and nested types leave the signature
/// undeclared. Errors: kInvalidArgument (reason "malformed_mlmodel").
base::Result<Signature> ParseSignature(std::string_view inputs_json, std::string_view outputs_json);

}  // namespace yard::inference::formats
