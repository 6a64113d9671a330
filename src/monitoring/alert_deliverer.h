#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "monitoring/alert_store.h"

namespace yard::base {
class Clock;
}
namespace yard::storage {
class Database;
}

namespace yard::monitoring {

class MonitorMetrics;
class WebhookSender;

/// Sends what alert_delivery holds, on a thread of its own, until the receiver takes it: at once,
/// then after 1, 2, 4 … seconds, at most every five minutes, for about two days. A receiver gets
/// its messages in order; one that it refuses for good is given up. What waits is in the database,
/// so a restart goes on where it stopped. Thread-safe.
class AlertDeliverer {
 public:
  AlertDeliverer(storage::Database& database, WebhookSender& webhooks, const base::Clock& clock,
                 MonitorMetrics& metrics);
  /// Finishes the message that is being sent.
  ~AlertDeliverer();
  AlertDeliverer(const AlertDeliverer&) = delete;
  AlertDeliverer& operator=(const AlertDeliverer&) = delete;

  /// Looks for new deliveries now.
  void Wake();
  /// Tries every delivery that is due and returns.
  void DeliverDue();

  /// How long to wait after so many failed attempts.
  static int64_t BackOffMs(int64_t attempts);

 private:
  void Loop(const std::stop_token& stop);
  /// Tries each delivery once; true when some receiver took or refused one, so that its next one
  /// may be due.
  bool TryAll(const std::vector<Delivery>& deliveries);
  enum class Outcome { kSettled, kWaits };
  base::Result<Outcome> Try(Delivery delivery);

  storage::Database& database_;
  WebhookSender& webhooks_;
  const base::Clock& clock_;
  MonitorMetrics& metrics_;
  std::mutex sending_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool awake_ = true;
  std::jthread thread_;
};

}  // namespace yard::monitoring
