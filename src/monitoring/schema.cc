#include "monitoring/schema.h"

#include <array>

namespace yard::monitoring {
namespace {

constexpr std::array<storage::Migration, 1> kMigrations = {{
    {1, "create monitors, baselines, panes, labels and alerts",
     R"sql(
CREATE TABLE monitor (
  endpoint TEXT NOT NULL PRIMARY KEY,
  pane_window TEXT NOT NULL,
  alpha REAL NOT NULL,
  minimum_effect REAL NOT NULL,
  minimum_rows BIGINT NOT NULL,
  panes_needed INTEGER NOT NULL,
  panes_watched INTEGER NOT NULL,
  webhook_url TEXT NOT NULL
);
CREATE TABLE monitor_baseline (
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (model, version)
);
CREATE TABLE monitor_pane (
  endpoint TEXT NOT NULL,
  pane_window TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  pane_id TEXT NOT NULL,
  outline BLOB NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (endpoint, pane_window, start_ms)
);
CREATE TABLE prediction_label (
  request_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  label TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX prediction_label_by_endpoint ON prediction_label (endpoint);
CREATE TABLE monitor_alert (
  alert_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  feature TEXT NOT NULL,
  state TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  started_ms BIGINT NOT NULL,
  resolved_ms BIGINT,
  summary TEXT NOT NULL,
  pane_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  delivery_id TEXT
);
CREATE INDEX monitor_alert_by_endpoint ON monitor_alert (endpoint, state);
CREATE TABLE alert_delivery (
  delivery_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  last_error TEXT NOT NULL
);
CREATE INDEX alert_delivery_due ON alert_delivery (state, next_attempt_ms);
)sql",
     R"sql(
CREATE TABLE monitor (
  endpoint TEXT NOT NULL PRIMARY KEY,
  pane_window TEXT NOT NULL,
  alpha DOUBLE PRECISION NOT NULL,
  minimum_effect DOUBLE PRECISION NOT NULL,
  minimum_rows BIGINT NOT NULL,
  panes_needed INTEGER NOT NULL,
  panes_watched INTEGER NOT NULL,
  webhook_url TEXT NOT NULL
);
CREATE TABLE monitor_baseline (
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (model, version)
);
CREATE TABLE monitor_pane (
  endpoint TEXT NOT NULL,
  pane_window TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  pane_id TEXT NOT NULL,
  outline BYTEA NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (endpoint, pane_window, start_ms)
);
CREATE TABLE prediction_label (
  request_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  label TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX prediction_label_by_endpoint ON prediction_label (endpoint);
CREATE TABLE monitor_alert (
  alert_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  feature TEXT NOT NULL,
  state TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  started_ms BIGINT NOT NULL,
  resolved_ms BIGINT,
  summary TEXT NOT NULL,
  pane_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  delivery_id TEXT
);
CREATE INDEX monitor_alert_by_endpoint ON monitor_alert (endpoint, state);
CREATE TABLE alert_delivery (
  delivery_id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  last_error TEXT NOT NULL
);
CREATE INDEX alert_delivery_due ON alert_delivery (state, next_attempt_ms);
)sql"},
}};

}  // namespace

storage::SchemaComponent MonitoringSchema() { return {"monitoring", kMigrations}; }

}  // namespace yard::monitoring
