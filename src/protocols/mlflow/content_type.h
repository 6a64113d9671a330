#pragma once

#include <string_view>

namespace yard::protocols::mlflow {

/// The media type of an artifact by its name. What people read as text is text/plain, whatever it
/// contains; unknown names are application/octet-stream.
std::string_view ContentTypeOf(std::string_view path);

}  // namespace yard::protocols::mlflow
