#pragma once

#include <string_view>

namespace yard::app {

/// The version of this program.
inline constexpr std::string_view kVersion = YARD_VERSION;

}  // namespace yard::app
