#pragma once

#include <string_view>

namespace yard::tracking {

/// Tags that the rules know: the name of a run, and the role of a dataset in a run (an input tag).
inline constexpr std::string_view kRunNameTag = "mlflow.runName";
inline constexpr std::string_view kContextTag = "mlflow.data.context";

}  // namespace yard::tracking
