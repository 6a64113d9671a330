#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/reader.h"
#include "base/result.h"
#include "serving/frame_builder.h"

namespace yard::protocols::scoring {

/// Puts one JSON scalar into the current row. Errors: as FrameBuilder's setters; kInvalidArgument,
/// reason "nested_cell", for an array or an object.
base::Result<void> SetCell(serving::FrameBuilder& builder, size_t slot, base::json::Element cell);

/// Puts the members of an object into the current row; names that the model does not know are
/// ignored. Errors: as SetCell.
base::Result<void> SetCellsByName(serving::FrameBuilder& builder, base::json::Element row);

/// JSON as Python's json module writes it, with NaN, Infinity and -Infinity, as plain JSON: null
/// and strings. Nothing when the text has no such token.
std::optional<std::string> WithoutPythonTokens(std::string_view text);

}  // namespace yard::protocols::scoring
