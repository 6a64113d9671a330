#include "serving/single_model.h"

#include <utility>
#include <vector>

namespace yard::serving {

base::Result<std::unique_ptr<SingleModel>> SingleModel::Open(
    ModelKey key, std::unique_ptr<const inference::Model> model, const ExampleReader& examples,
    const base::Clock& clock, base::Telemetry& telemetry) {
  YARD_ASSIGN_OR_RETURN(auto servable,
                        Servable::Prepare(std::move(key), std::move(model), examples));
  return std::unique_ptr<SingleModel>(new SingleModel(std::move(servable), clock, telemetry));
}

SingleModel::SingleModel(std::shared_ptr<const Servable> servable, const base::Clock& clock,
                         base::Telemetry& telemetry)
    : metrics_(telemetry), predictor_(clock, metrics_, nullptr) {
  const std::string name = servable->key().name;
  std::vector<ActiveArm> arms;
  arms.push_back(MakeActiveArm(name, "only", 1, std::move(servable), std::make_shared<ArmTraffic>(),
                               metrics_));
  routes_ = std::make_shared<const Routes>(name, name, std::move(arms));
}

}  // namespace yard::serving
