#pragma once

#include <string>

#include "base/clock.h"
#include "net/http.h"

namespace yard::net {
class Router;
}

namespace yard::protocols::native {

/// What GET /api/v1/server tells.
struct ServerFacts {
  std::string version;
  std::string data_folder;
  base::Millis started;
};

/// Adds GET /api/v1/server.
void AddServerRoutes(net::Router& router, ServerFacts facts, const base::Clock& clock);

}  // namespace yard::protocols::native
