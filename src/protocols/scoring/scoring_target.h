#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/executor.h"
#include "serving/predictor.h"
#include "serving/routes.h"

namespace yard::protocols::scoring {

/// What a scoring request is answered with.
struct ScoringTarget {
  /// The routes of an endpoint; null when there is none of that name. Must never block.
  std::function<std::shared_ptr<const serving::Routes>(std::string_view endpoint)> find;
  const serving::Predictor& predictor;
  /// Where requests run that would keep an I/O thread too long.
  base::Executor& executor;
};

}  // namespace yard::protocols::scoring
