#pragma once

namespace yard::net {
class Router;
}
namespace yard::registry {
class RegistryService;
}
namespace yard::storage {
class ArtifactStore;
}
namespace yard::tracking {
class ExperimentService;
class LoggedModelService;
class RunService;
}  // namespace yard::tracking

namespace yard::protocols::mlflow {

/// What the protocol speaks for. Everything must outlive the router.
struct MlflowServices {
  tracking::ExperimentService& experiments;
  tracking::RunService& runs;
  tracking::LoggedModelService& logged_models;
  registry::RegistryService& registry;
  storage::ArtifactStore& artifacts;
};

/// Adds every route of MLflow's tracking server that docs/protocols/mlflow.md lists, under `/api`
/// and `/ajax-api`. Routes that are not spoken stay unknown: the router's fallback must answer them
/// 404 without a JSON body, which makes clients look for another way.
void AddMlflowRoutes(net::Router& router, const MlflowServices& services);

}  // namespace yard::protocols::mlflow
