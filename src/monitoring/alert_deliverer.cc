#include "monitoring/alert_deliverer.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/log.h"
#include "monitoring/monitor_metrics.h"
#include "monitoring/webhook.h"
#include "storage/database.h"

namespace yard::monitoring {
namespace {

constexpr int64_t kLongestBackOffMs = 5 * 60'000;
constexpr int64_t kMostAttempts = 600;  // about two days
constexpr size_t kAtOnce = 100;
constexpr auto kLookEvery = std::chrono::seconds(1);

}  // namespace

AlertDeliverer::AlertDeliverer(storage::Database& database, WebhookSender& webhooks,
                               const base::Clock& clock, MonitorMetrics& metrics)
    : database_(database),
      webhooks_(webhooks),
      clock_(clock),
      metrics_(metrics),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

AlertDeliverer::~AlertDeliverer() = default;

void AlertDeliverer::Wake() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  wake_.notify_all();
}

int64_t AlertDeliverer::BackOffMs(int64_t attempts) {
  const int64_t doublings = std::clamp<int64_t>(attempts - 1, 0, 20);
  return std::min(kLongestBackOffMs, int64_t{1000} << doublings);
}

void AlertDeliverer::Loop(const std::stop_token& stop) {
  // Waiting deliveries are looked for now and then only while there are some.
  bool some_wait = true;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto woken = [this] { return awake_; };
      if (some_wait) {
        wake_.wait_for(lock, stop, kLookEvery, woken);
      } else {
        wake_.wait(lock, stop, woken);
      }
      awake_ = false;
    }
    if (stop.stop_requested()) return;
    DeliverDue();
    const auto waiting = database_.Read([](storage::Snapshot& snapshot) {
      return DueDeliveries(snapshot, base::Millis(INT64_MAX), 1);
    });
    some_wait = !waiting.ok() || !waiting->empty();
  }
}

void AlertDeliverer::DeliverDue() {
  const std::lock_guard one_at_a_time(sending_);
  for (bool more = true; more;) {
    const auto due = database_.Read([this](storage::Snapshot& snapshot) {
      return DueDeliveries(snapshot, clock_.Now(), kAtOnce);
    });
    more = due.ok() && TryAll(*due);
  }
}

bool AlertDeliverer::TryAll(const std::vector<Delivery>& deliveries) {
  bool settled = false;
  for (const Delivery& delivery : deliveries) {
    const auto outcome = Try(delivery);
    if (!outcome.ok()) {
      base::Log(base::LogLevel::kError, "the outcome of an alert's delivery could not be stored",
                {{"reason", outcome.error().ToString()}});
      return false;
    }
    settled = settled || *outcome == Outcome::kSettled;
  }
  return settled;
}

base::Result<AlertDeliverer::Outcome> AlertDeliverer::Try(Delivery delivery) {
  const auto sent = webhooks_.Post(delivery.url, delivery.body);
  ++delivery.attempts;
  metrics_.DeliveryTried(sent.ok() ? MonitorMetrics::DeliveryOutcome::kDelivered
                                   : MonitorMetrics::DeliveryOutcome::kFailed);
  const bool refused = !sent.ok() && sent.error().code() == base::Code::kFailedPrecondition;
  const bool gives_up = refused || (!sent.ok() && delivery.attempts >= kMostAttempts);
  YARD_RETURN_IF_ERROR(
      database_.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        if (sent.ok()) return MarkDelivered(transaction, delivery.id, delivery.attempts);
        const std::string error = sent.error().ToString();
        if (gives_up) return GiveUp(transaction, delivery, error);
        const base::Millis due(clock_.Now().value + BackOffMs(delivery.attempts));
        return MarkFailed(transaction, delivery, error, due);
      }));
  return sent.ok() || gives_up ? Outcome::kSettled : Outcome::kWaits;
}

}  // namespace yard::monitoring
