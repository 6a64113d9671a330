#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "net/http.h"

namespace yard::base {
class Telemetry;
}

namespace yard::net {

/// One server-sent event (WHATWG HTML, section 9.2).
struct StreamEvent {
  std::string name;  // "run"; line breaks become spaces
  std::string data;  // any text; usually one line of JSON
};

/// "event: run\ndata: {...}\n\n", with one data line for each line of `data`.
std::string FormatEvent(const StreamEvent& event);

struct EventHubOptions {
  std::chrono::milliseconds heartbeat{15'000};  // a comment that keeps proxies and sockets awake
  size_t max_clients = 1000;
};

/// Sends each published event to every open event stream.
///
/// Publishing never blocks: a client that is more than 256 KiB behind is dropped and counted
/// (yard_event_stream_dropped_total) and may come back; there is no replay. Call Close before
/// Server::Shutdown, or the streams keep it waiting. Thread-safe.
class EventHub {
 public:
  explicit EventHub(base::Telemetry& telemetry, EventHubOptions options = {});
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  /// The answer to `GET /api/v1/events`: a stream that stays open, or 503 beyond `max_clients`.
  Response Subscribe();
  void Publish(const StreamEvent& event);
  /// Ends every stream and takes no more. Idempotent.
  void Close();
  size_t client_count() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace yard::net
