#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "serving/model_source.h"

namespace yard::registry {
class RegistryService;
}

namespace yard::serving {

/// Models of the registry: models:/churn@champion, models:/churn/3, models:/churn/latest and
/// models:/churn/Production.
class RegistryModels final : public ModelSource {
 public:
  explicit RegistryModels(registry::RegistryService& registry) : registry_(registry) {}

  base::Result<ModelKey> Resolve(std::string_view uri) override;
  base::Result<std::unique_ptr<inference::Model>> Load(const ModelKey& key) override;
  base::Result<void> PointAt(std::string_view uri, const ModelKey& key) override;

 private:
  registry::RegistryService& registry_;
};

}  // namespace yard::serving
