#include "net/event_stream.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/telemetry.h"

namespace yard::net {
namespace {

constexpr std::string_view kGreeting = "retry: 2000\n: connected\n\n";
constexpr std::string_view kHeartbeat = ": heartbeat\n\n";

/// The next line of `text` without its end ("\n", "\r\n" or "\r"); `text` loses it.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  const size_t ending = text.substr(end).starts_with("\r\n") ? 2 : 1;
  text.remove_prefix(std::min(end + ending, text.size()));
  return line;
}

}  // namespace

std::string FormatEvent(const StreamEvent& event) {
  std::string text;
  text.reserve(event.name.size() + event.data.size() + 32);
  if (!event.name.empty()) {
    text += "event: ";
    for (const char c : event.name) text += c == '\n' || c == '\r' ? ' ' : c;
    text += '\n';
  }
  std::string_view data = event.data;
  do {
    text += "data: ";
    text += TakeLine(data);
    text += '\n';
  } while (!data.empty());
  text += '\n';
  return text;
}

struct EventHub::State {
  State(base::Telemetry& telemetry, EventHubOptions hub_options)
      : options(hub_options),
        open_streams(
            telemetry.GaugeFamily("yard_event_stream_clients", "Open event streams.").With({})),
        dropped(telemetry
                    .CounterFamily("yard_event_stream_dropped_total",
                                   "Event streams ended because their client was too slow.")
                    .With({})) {}

  void Add(const std::shared_ptr<StreamWriter>& writer) {
    std::lock_guard lock(mutex);
    if (closed || !writer->TryWrite(kGreeting)) return;
    clients.push_back(writer);
    open_streams.Set(static_cast<double>(clients.size()));
  }

  void Send(std::string_view text) {
    std::lock_guard lock(mutex);
    std::erase_if(clients, [&](const std::shared_ptr<StreamWriter>& client) {
      if (client->closed()) return true;
      if (client->TryWrite(text)) return false;
      dropped.Add();
      return true;
    });
    open_streams.Set(static_cast<double>(clients.size()));
  }

  void Beat() {
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, options.heartbeat, [this] { return closed; })) {
      lock.unlock();
      Send(kHeartbeat);
      lock.lock();
    }
  }

  const EventHubOptions options;
  base::Gauge& open_streams;
  base::Counter& dropped;
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::shared_ptr<StreamWriter>> clients;
  bool closed = false;
  std::thread heart;
};

EventHub::EventHub(base::Telemetry& telemetry, EventHubOptions options)
    : state_(std::make_shared<State>(telemetry, options)) {
  state_->heart = std::thread([state = state_.get()] { state->Beat(); });
}

EventHub::~EventHub() { Close(); }

Response EventHub::Subscribe() {
  if (client_count() >= state_->options.max_clients) {
    Response full = Response::Text("too many open event streams\n", 503);
    full.headers.Add("Retry-After", "10");
    return full;
  }
  Response response;
  response.headers.Add("Content-Type", "text/event-stream");
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("X-Accel-Buffering", "no");  // proxies shall not hold events back
  response.stream = [state = state_](const std::shared_ptr<StreamWriter>& writer) {
    state->Add(writer);
  };
  return response;
}

void EventHub::Publish(const StreamEvent& event) { state_->Send(FormatEvent(event)); }

void EventHub::Close() {
  std::vector<std::shared_ptr<StreamWriter>> clients;
  std::thread heart;
  {
    std::lock_guard lock(state_->mutex);
    state_->closed = true;
    heart = std::move(state_->heart);
    clients = std::exchange(state_->clients, {});
    state_->open_streams.Set(0);
  }
  state_->wake.notify_all();
  for (const auto& client : clients) client->Close();
  if (heart.joinable()) heart.join();
}

size_t EventHub::client_count() const {
  std::lock_guard lock(state_->mutex);
  return state_->clients.size();
}

}  // namespace yard::net
