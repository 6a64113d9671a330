#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/alert.h"
#include "storage/database.h"

namespace yard::monitoring {

/// A message to a webhook that waits or was sent.
struct Delivery {
  std::string id;
  std::string endpoint;
  std::string url;
  std::string body;
  int64_t attempts = 0;
};

// One function a statement, no rules.

/// Pending and firing alerts of an endpoint.
base::Result<std::vector<Alert>> ActiveAlerts(storage::Snapshot& snapshot,
                                              std::string_view endpoint);
/// Firing ones first, then the newest resolved ones, at most `limit`; with their deliveries.
base::Result<std::vector<Alert>> NewestAlerts(storage::Snapshot& snapshot, size_t limit);
base::Result<int64_t> CountFiring(storage::Snapshot& snapshot, std::string_view endpoint);
/// `delivery_id` is the message that tells of the alert's newest change, or empty.
base::Result<void> PutAlert(storage::Transaction& transaction, const Alert& alert,
                            std::string_view delivery_id);
base::Result<void> DeleteAlert(storage::Transaction& transaction, std::string_view alert_id);

base::Result<void> InsertDelivery(storage::Transaction& transaction, const Delivery& delivery,
                                  base::Millis due);
/// The oldest waiting delivery of each URL, if it is due: a receiver gets its messages in order.
base::Result<std::vector<Delivery>> DueDeliveries(storage::Snapshot& snapshot, base::Millis now,
                                                  size_t limit);
base::Result<void> MarkDelivered(storage::Transaction& transaction, std::string_view delivery_id,
                                 int64_t attempts);
/// To be tried again at `due`.
base::Result<void> MarkFailed(storage::Transaction& transaction, const Delivery& delivery,
                              std::string_view error, base::Millis due);
base::Result<void> GiveUp(storage::Transaction& transaction, const Delivery& delivery,
                          std::string_view error);

}  // namespace yard::monitoring
