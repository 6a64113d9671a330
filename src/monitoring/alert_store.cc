#include "monitoring/alert_store.h"

namespace yard::monitoring {
namespace {

using storage::Parameter;
using storage::Row;
using storage::Snapshot;
using storage::Transaction;

base::Result<void> Done(const base::Result<int64_t>& result) {
  if (!result.ok()) return result.error();
  return {};
}

AlertState StateFrom(std::string_view name) {
  for (const AlertState state : {AlertState::kPending, AlertState::kFiring}) {
    if (AlertStateName(state) == name) return state;
  }
  return AlertState::kResolved;
}

// Columns: alert_id, endpoint, feature, state, since_ms, started_ms, resolved_ms, summary, pane_id,
// fingerprint.
Alert AlertFrom(const Row& row) {
  Alert alert;
  alert.id = std::string(row.Text(0));
  alert.endpoint = std::string(row.Text(1));
  alert.feature = std::string(row.Text(2));
  alert.state = StateFrom(row.Text(3));
  alert.since = base::Millis(row.Integer(4));
  alert.started = base::Millis(row.Integer(5));
  if (!row.IsNull(6)) alert.resolved = base::Millis(row.Integer(6));
  alert.summary = std::string(row.Text(7));
  alert.pane = std::string(row.Text(8));
  alert.fingerprint = std::string(row.Text(9));
  return alert;
}

}  // namespace

base::Result<std::vector<Alert>> ActiveAlerts(Snapshot& snapshot, std::string_view endpoint) {
  std::vector<Alert> alerts;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT alert_id, endpoint, feature, state, since_ms, started_ms, resolved_ms, summary, "
      "pane_id, fingerprint FROM monitor_alert WHERE endpoint = ? AND state IN ('pending', "
      "'firing') ORDER BY alert_id",
      [&](const Row& row) -> base::Result<void> {
        alerts.push_back(AlertFrom(row));
        return {};
      },
      endpoint));
  return alerts;
}

base::Result<std::vector<Alert>> NewestAlerts(Snapshot& snapshot, size_t limit) {
  std::vector<Alert> alerts;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT a.alert_id, a.endpoint, a.feature, a.state, a.since_ms, a.started_ms, a.resolved_ms, "
      "a.summary, a.pane_id, a.fingerprint, d.url, d.attempts, d.state, d.last_error "
      "FROM monitor_alert a LEFT JOIN alert_delivery d ON d.delivery_id = a.delivery_id "
      "WHERE a.state IN ('firing', 'resolved') "
      "ORDER BY CASE a.state WHEN 'firing' THEN 0 ELSE 1 END, a.since_ms DESC, a.alert_id DESC "
      "LIMIT ?",
      [&](const Row& row) -> base::Result<void> {
        Alert& alert = alerts.emplace_back(AlertFrom(row));
        if (!row.IsNull(10)) {
          alert.delivery = DeliveryStatus{std::string(row.Text(10)), row.Integer(11),
                                          row.Text(12) == "delivered", std::string(row.Text(13))};
        }
        return {};
      },
      limit));
  return alerts;
}

base::Result<int64_t> CountFiring(Snapshot& snapshot, std::string_view endpoint) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne(
          "SELECT COUNT(*) FROM monitor_alert WHERE endpoint = ? AND state = 'firing'", endpoint));
  return row ? row->Integer(0) : 0;
}

base::Result<void> PutAlert(Transaction& transaction, const Alert& alert,
                            std::string_view delivery_id) {
  YARD_RETURN_IF_ERROR(DeleteAlert(transaction, alert.id));
  const Parameter resolved = alert.resolved ? Parameter(alert.resolved->value) : Parameter(nullptr);
  const Parameter delivery = delivery_id.empty() ? Parameter(nullptr) : Parameter(delivery_id);
  return Done(transaction.Run(
      "INSERT INTO monitor_alert (alert_id, endpoint, feature, state, since_ms, started_ms, "
      "resolved_ms, summary, pane_id, fingerprint, delivery_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?)",
      alert.id, alert.endpoint, alert.feature, AlertStateName(alert.state), alert.since.value,
      alert.started.value, resolved, alert.summary, alert.pane, alert.fingerprint, delivery));
}

base::Result<void> DeleteAlert(Transaction& transaction, std::string_view alert_id) {
  return Done(transaction.Run("DELETE FROM monitor_alert WHERE alert_id = ?", alert_id));
}

base::Result<void> InsertDelivery(Transaction& transaction, const Delivery& delivery,
                                  base::Millis due) {
  return Done(transaction.Run(
      "INSERT INTO alert_delivery (delivery_id, endpoint, url, body, attempts, next_attempt_ms, "
      "state, last_error) VALUES (?, ?, ?, ?, 0, ?, 'waiting', '')",
      delivery.id, delivery.endpoint, delivery.url, delivery.body, due.value));
}

base::Result<std::vector<Delivery>> DueDeliveries(Snapshot& snapshot, base::Millis now,
                                                  size_t limit) {
  std::vector<Delivery> deliveries;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT d.delivery_id, d.endpoint, d.url, d.body, d.attempts FROM alert_delivery d "
      "WHERE d.state = 'waiting' AND d.next_attempt_ms <= ? AND NOT EXISTS (SELECT 1 FROM "
      "alert_delivery e WHERE e.state = 'waiting' AND e.url = d.url AND e.delivery_id < "
      "d.delivery_id) ORDER BY d.delivery_id LIMIT ?",
      [&](const Row& row) -> base::Result<void> {
        deliveries.push_back({std::string(row.Text(0)), std::string(row.Text(1)),
                              std::string(row.Text(2)), std::string(row.Text(3)), row.Integer(4)});
        return {};
      },
      now.value, limit));
  return deliveries;
}

base::Result<void> MarkDelivered(Transaction& transaction, std::string_view delivery_id,
                                 int64_t attempts) {
  return Done(transaction.Run(
      "UPDATE alert_delivery SET state = 'delivered', attempts = ?, last_error = '' WHERE "
      "delivery_id = ?",
      attempts, delivery_id));
}

base::Result<void> MarkFailed(Transaction& transaction, const Delivery& delivery,
                              std::string_view error, base::Millis due) {
  return Done(transaction.Run(
      "UPDATE alert_delivery SET attempts = ?, last_error = ?, next_attempt_ms = ? WHERE "
      "delivery_id = ?",
      delivery.attempts, error, due.value, delivery.id));
}

base::Result<void> GiveUp(Transaction& transaction, const Delivery& delivery,
                          std::string_view error) {
  return Done(transaction.Run(
      "UPDATE alert_delivery SET state = 'failed', attempts = ?, last_error = ? WHERE delivery_id "
      "= ?",
      delivery.attempts, error, delivery.id));
}

}  // namespace yard::monitoring
