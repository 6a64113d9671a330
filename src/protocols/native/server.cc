#include "protocols/native/server.h"

#include <utility>

#include "base/json/described.h"
#include "net/router.h"

namespace yard::protocols::native {
namespace {

struct ServerAnswer {
  std::string version;
  std::string data_folder;
  int64_t started = 0;
  int64_t now = 0;
};
YARD_DESCRIBE(ServerAnswer, version, data_folder, started, now)

}  // namespace

void AddServerRoutes(net::Router& router, ServerFacts facts, const base::Clock& clock) {
  router.Get("/api/v1/server", [facts = std::move(facts), &clock](const net::Request&) {
    const ServerAnswer answer{facts.version, facts.data_folder, facts.started.value,
                              clock.Now().value};
    return net::Response::Json(base::json::EncodeText(answer));
  });
}

}  // namespace yard::protocols::native
