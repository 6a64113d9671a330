#pragma once

#include <string>

#include "base/executor.h"
#include "net/router.h"
#include "serving/serving_service.h"
#include "serving/single_model.h"

namespace yard::protocols::scoring {

/// The scoring routes of every endpoint: POST /endpoints/{name}/invocations and GET …/ping,
/// …/health, …/version, as MLflow's scoring server has them, and POST /predict/{name}. Large
/// requests run on `executor`. Everything passed must outlive the router.
void AddScoringRoutes(net::Router& router, serving::ServingService& service,
                      base::Executor& executor);

/// The same for a server of one model: /invocations, /ping, /health, /version, /predict.
void AddSingleModelRoutes(net::Router& router, const serving::SingleModel& model,
                          base::Executor& executor);

}  // namespace yard::protocols::scoring
