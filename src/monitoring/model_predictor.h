#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "columnar/table.h"

namespace yard::registry {
class RegistryService;
}

namespace yard::monitoring {

/// Runs a model version on its training data, for the predictions' part of its baseline.
/// Thread-safe; blocks.
class ModelPredictor {
 public:
  virtual ~ModelPredictor() = default;
  /// One cell a row: the probability of the positive class for two classes, the value of a
  /// regressor, else the class as text. Errors: whatever loading or running the model gives.
  virtual base::Result<columnar::Column> Predict(std::string_view model, std::string_view version,
                                                 const columnar::Table& table) = 0;
};

/// Loads the version from the registry, which must outlive the predictor.
std::unique_ptr<ModelPredictor> RegistryPredictor(registry::RegistryService& registry);

}  // namespace yard::monitoring
