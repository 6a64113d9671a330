#pragma once

#include <string_view>

namespace yard::protocols::prometheus {

enum class TextFormat {
  kPrometheusText,  // text/plain; version=0.0.4
  kOpenMetrics,     // application/openmetrics-text; version=1.0.0
};

/// The format that an Accept header likes best, by its q values; of two it likes equally, the one
/// named first. A header that is empty or takes neither gets the plain text.
TextFormat ChooseFormat(std::string_view accept);

std::string_view ContentTypeOf(TextFormat format);

}  // namespace yard::protocols::prometheus
