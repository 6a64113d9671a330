#include "monitoring/monitor_store.h"

#include "monitoring/codec.h"

namespace yard::monitoring {
namespace {

using storage::Blob;
using storage::Row;
using storage::Snapshot;
using storage::Transaction;

template <typename RowType>
base::Result<MonitorSettings> SettingsFrom(const RowType& row, int first) {
  MonitorSettings settings;
  YARD_ASSIGN_OR_RETURN(settings.window, ParseWindow(row.Text(first)));
  settings.alpha = row.Real(first + 1);
  settings.minimum_effect = row.Real(first + 2);
  settings.minimum_rows = row.Integer(first + 3);
  settings.panes_needed = static_cast<int>(row.Integer(first + 4));
  settings.panes_watched = static_cast<int>(row.Integer(first + 5));
  settings.webhook_url = std::string(row.Text(first + 6));
  return settings;
}

base::Result<void> Done(const base::Result<int64_t>& result) {
  if (!result.ok()) return result.error();
  return {};
}

}  // namespace

base::Result<std::vector<NamedSettings>> ListMonitors(Snapshot& snapshot) {
  std::vector<NamedSettings> monitors;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT endpoint, pane_window, alpha, minimum_effect, minimum_rows, panes_needed, "
      "panes_watched, webhook_url FROM monitor ORDER BY endpoint",
      [&](const Row& row) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(auto settings, SettingsFrom(row, 1));
        monitors.push_back({std::string(row.Text(0)), std::move(settings)});
        return {};
      }));
  return monitors;
}

base::Result<std::optional<MonitorSettings>> FindMonitor(Snapshot& snapshot,
                                                         std::string_view endpoint) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT pane_window, alpha, minimum_effect, minimum_rows, panes_needed, "
                        "panes_watched, webhook_url FROM monitor WHERE endpoint = ?",
                        endpoint));
  if (!row) return std::optional<MonitorSettings>();
  YARD_ASSIGN_OR_RETURN(auto settings, SettingsFrom(*row, 0));
  return std::optional(std::move(settings));
}

base::Result<void> InsertMonitor(Transaction& transaction, std::string_view endpoint,
                                 const MonitorSettings& settings) {
  return Done(transaction.Run(
      "INSERT INTO monitor (endpoint, pane_window, alpha, minimum_effect, minimum_rows, "
      "panes_needed, panes_watched, webhook_url) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (endpoint) DO NOTHING",
      endpoint, WindowName(settings.window), settings.alpha, settings.minimum_effect,
      settings.minimum_rows, settings.panes_needed, settings.panes_watched, settings.webhook_url));
}

base::Result<void> PutMonitor(Transaction& transaction, std::string_view endpoint,
                              const MonitorSettings& settings) {
  YARD_RETURN_IF_ERROR(Done(transaction.Run("DELETE FROM monitor WHERE endpoint = ?", endpoint)));
  return InsertMonitor(transaction, endpoint, settings);
}

base::Result<void> DeleteMonitor(Transaction& transaction, std::string_view endpoint) {
  for (const std::string_view sql :
       {"DELETE FROM monitor WHERE endpoint = ?", "DELETE FROM monitor_pane WHERE endpoint = ?",
        "DELETE FROM monitor_alert WHERE endpoint = ?",
        "DELETE FROM alert_delivery WHERE endpoint = ?"}) {
    YARD_RETURN_IF_ERROR(Done(transaction.Run(sql, endpoint)));
  }
  return {};
}

base::Result<std::optional<Baseline>> FindBaseline(Snapshot& snapshot, std::string_view model,
                                                   std::string_view version) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT content FROM monitor_baseline WHERE model = ? AND version = ?",
                        model, version));
  if (!row) return std::optional<Baseline>();
  YARD_ASSIGN_OR_RETURN(auto baseline, DecodeBaseline(row->Bytes(0)));
  return std::optional(std::move(baseline));
}

base::Result<void> PutBaseline(Transaction& transaction, const Baseline& baseline) {
  const Blob content{EncodeBaseline(baseline)};
  return Done(
      transaction.Run("INSERT INTO monitor_baseline (model, version, content) VALUES (?, ?, ?) "
                      "ON CONFLICT (model, version) DO UPDATE SET content = excluded.content",
                      baseline.model, baseline.version, content));
}

base::Result<void> PutPane(Transaction& transaction, std::string_view endpoint, Window window,
                           const PaneReport& report) {
  const Blob outline{EncodePaneOutline(report)};
  const Blob content{EncodePane(report)};
  return Done(transaction.Run(
      "INSERT INTO monitor_pane (endpoint, pane_window, start_ms, pane_id, outline, content) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (endpoint, pane_window, start_ms) DO UPDATE SET "
      "outline = excluded.outline, content = excluded.content",
      endpoint, WindowName(window), report.span.start.value, report.span.id, outline, content));
}

base::Result<std::optional<PaneReport>> FindPane(Snapshot& snapshot, std::string_view endpoint,
                                                 Window window, base::Millis start) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot.QueryOne("SELECT content FROM monitor_pane WHERE endpoint = ? AND "
                                          "pane_window = ? AND start_ms = ?",
                                          endpoint, WindowName(window), start.value));
  if (!row) return std::optional<PaneReport>();
  YARD_ASSIGN_OR_RETURN(auto report, DecodePane(row->Bytes(0)));
  return std::optional(std::move(report));
}

base::Result<std::vector<PaneReport>> NewestPanes(Snapshot& snapshot, std::string_view endpoint,
                                                  Window window, size_t limit) {
  std::vector<PaneReport> panes;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT outline FROM monitor_pane WHERE endpoint = ? AND pane_window = ? "
      "ORDER BY start_ms DESC LIMIT ?",
      [&](const Row& row) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(auto pane, DecodePane(row.Bytes(0)));
        panes.push_back(std::move(pane));
        return {};
      },
      endpoint, WindowName(window), limit));
  return panes;
}

base::Result<std::optional<std::string>> FindLabel(Snapshot& snapshot,
                                                   std::string_view request_id) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT label FROM prediction_label WHERE request_id = ?", request_id));
  if (!row) return std::optional<std::string>();
  return std::optional(row->Text(0));
}

base::Result<void> PutLabel(Transaction& transaction, std::string_view endpoint,
                            std::string_view request_id, std::string_view label,
                            base::Millis received) {
  return Done(transaction.Run(
      "INSERT INTO prediction_label (request_id, endpoint, label, received_ms, revision) "
      "VALUES (?, ?, ?, ?, 1) ON CONFLICT (request_id) DO UPDATE SET endpoint = excluded.endpoint, "
      "label = excluded.label, received_ms = excluded.received_ms, "
      "revision = prediction_label.revision + 1",
      request_id, endpoint, label, received.value));
}

base::Result<bool> HasLabels(Snapshot& snapshot, std::string_view endpoint) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT 1 FROM prediction_label WHERE endpoint = ? LIMIT 1", endpoint));
  return row.has_value();
}

}  // namespace yard::monitoring
