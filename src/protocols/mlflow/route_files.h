#pragma once

#include "protocols/mlflow/api_routes.h"
#include "protocols/mlflow/routes.h"

/// One function for each file of routes; AddMlflowRoutes calls them all.
namespace yard::protocols::mlflow {

void AddExperimentRoutes(ApiRoutes& routes, tracking::ExperimentService& experiments,
                         tracking::RunService& runs);
void AddRunRoutes(ApiRoutes& routes, tracking::RunService& runs);
void AddLoggingRoutes(ApiRoutes& routes, tracking::RunService& runs);
void AddMetricRoutes(ApiRoutes& routes, tracking::RunService& runs);
void AddLoggedModelRoutes(ApiRoutes& routes, tracking::LoggedModelService& models);
void AddRegisteredModelRoutes(ApiRoutes& routes, registry::RegistryService& registry);
void AddModelVersionRoutes(ApiRoutes& routes, registry::RegistryService& registry);
void AddArtifactProxyRoutes(net::Router& router, storage::ArtifactStore& artifacts);
void AddRunArtifactRoutes(net::Router& router, const MlflowServices& services);
void AddServerRoutes(net::Router& router);

}  // namespace yard::protocols::mlflow
