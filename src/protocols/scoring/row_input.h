#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json/reader.h"
#include "base/result.h"

namespace yard::protocols::scoring {

/// What a body of POST /predict looks like.
enum class PredictShape { kFlat, kStructured, kRows };

/// Decides by the members "features" (an object) and "rows" (a list) of the root; a flat row may
/// have features of these names that are scalars.
base::Result<PredictShape> ShapeOf(std::string_view body);

/// One structured row. The features are JSON text that lives as long as the document is read.
struct RowInput {
  std::string_view features;
  std::string key;
  std::string request_id;  // empty: to be made
  std::optional<base::Millis> event_time;
};

/// Reads a structured row. Errors: kInvalidArgument, reason "missing_field" (no features) or
/// "wrong_type" (detail "parameter"), "bad_timestamp".
base::Result<RowInput> ReadRowInput(base::json::Element row);

}  // namespace yard::protocols::scoring
