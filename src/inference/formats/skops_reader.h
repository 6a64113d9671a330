#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

/// Reads a skops file (a zip of schema.json and arrays; protocols 0 to 2) into the same graph that
/// a pickle of the same model gives. No trust list is needed: types are names, nothing is
/// constructed. Errors: kInvalidArgument (reasons "malformed_zip", "malformed_skops"),
/// kResourceExhausted over a limit, kUnimplemented for a newer protocol.
base::Result<ObjectGraph> ReadSkops(std::string_view bytes);

}  // namespace yard::inference::formats
