#pragma once

#include "net/router.h"
#include "serving/serving_service.h"

namespace yard::protocols::native {

/// /api/v1/endpoints: list, create, show, change, delete; rollback, history, traffic and recent
/// predictions of one endpoint. The service must outlive the router. docs/serving.md has the
/// shapes.
void AddEndpointRoutes(net::Router& router, serving::ServingService& service);

}  // namespace yard::protocols::native
