#pragma once

#include <vector>

#include "base/events.h"

namespace yard::net {
class EventHub;
class Router;
}  // namespace yard::net

namespace yard::protocols::native {

/// Adds GET /api/v1/events: server-sent events named run, experiment, model, endpoint, predictions
/// and alert, each with one JSON object that says what changed. A page reads the thing anew when it
/// hears of it; there is no replay.
///
/// Keep what is returned as long as events are to flow.
[[nodiscard]] std::vector<base::EventBus::Subscription> AddEventRoutes(net::Router& router,
                                                                       net::EventHub& hub,
                                                                       base::EventBus& events);

}  // namespace yard::protocols::native
