#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/formats/object_factory.h"

namespace yard::inference::formats {

/// Reads a Python literal of strings, integers, True, False, None, tuples, lists and dicts, such as
/// the header of a .npy file. At most 16 levels. Errors: kInvalidArgument (reason "bad_literal").
base::Result<const Object*> ParsePythonLiteral(ObjectFactory& factory, std::string_view text);

}  // namespace yard::inference::formats
