#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "serving/predictor.h"
#include "serving/routes.h"
#include "serving/servable.h"
#include "serving/serving_metrics.h"

namespace yard::base {
class Telemetry;
}

namespace yard::serving {

/// One model that is served alone: no registry, no database, no log. Immutable. Thread-safe.
class SingleModel {
 public:
  /// Warms the model up. `key` is what answers and metrics call it. Errors: as Servable::Prepare.
  static base::Result<std::unique_ptr<SingleModel>> Open(
      ModelKey key, std::unique_ptr<const inference::Model> model, const ExampleReader& examples,
      const base::Clock& clock, base::Telemetry& telemetry);

  std::shared_ptr<const Routes> routes() const { return routes_; }
  const Predictor& predictor() const { return predictor_; }

 private:
  SingleModel(std::shared_ptr<const Servable> servable, const base::Clock& clock,
              base::Telemetry& telemetry);

  ServingMetrics metrics_;
  Predictor predictor_;
  std::shared_ptr<const Routes> routes_;
};

}  // namespace yard::serving
