#include "protocols/mlflow/routes.h"

#include "protocols/mlflow/api_routes.h"
#include "protocols/mlflow/route_files.h"

namespace yard::protocols::mlflow {

void AddMlflowRoutes(net::Router& router, const MlflowServices& services) {
  ApiRoutes routes(router);
  AddExperimentRoutes(routes, services.experiments, services.runs);
  AddRunRoutes(routes, services.runs);
  AddLoggingRoutes(routes, services.runs);
  AddMetricRoutes(routes, services.runs);
  AddLoggedModelRoutes(routes, services.logged_models);
  AddRegisteredModelRoutes(routes, services.registry);
  AddModelVersionRoutes(routes, services.registry);
  AddArtifactProxyRoutes(router, services.artifacts);
  AddRunArtifactRoutes(router, services);
  AddServerRoutes(router);
}

}  // namespace yard::protocols::mlflow
