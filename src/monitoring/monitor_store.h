#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/baseline.h"
#include "monitoring/pane.h"
#include "monitoring/settings.h"
#include "storage/database.h"

namespace yard::monitoring {

struct NamedSettings {
  std::string endpoint;
  MonitorSettings settings;
};

// One function a statement, no rules. Reads take a snapshot or a transaction.

base::Result<std::vector<NamedSettings>> ListMonitors(storage::Snapshot& snapshot);
base::Result<std::optional<MonitorSettings>> FindMonitor(storage::Snapshot& snapshot,
                                                         std::string_view endpoint);
/// Keeps what is there.
base::Result<void> InsertMonitor(storage::Transaction& transaction, std::string_view endpoint,
                                 const MonitorSettings& settings);
base::Result<void> PutMonitor(storage::Transaction& transaction, std::string_view endpoint,
                              const MonitorSettings& settings);
/// With its panes and alerts; labels and baselines stay.
base::Result<void> DeleteMonitor(storage::Transaction& transaction, std::string_view endpoint);

base::Result<std::optional<Baseline>> FindBaseline(storage::Snapshot& snapshot,
                                                   std::string_view model,
                                                   std::string_view version);
base::Result<void> PutBaseline(storage::Transaction& transaction, const Baseline& baseline);

base::Result<void> PutPane(storage::Transaction& transaction, std::string_view endpoint,
                           Window window, const PaneReport& report);
base::Result<std::optional<PaneReport>> FindPane(storage::Snapshot& snapshot,
                                                 std::string_view endpoint, Window window,
                                                 base::Millis start);
/// Outlines of the newest panes (see EncodePaneOutline), newest first.
base::Result<std::vector<PaneReport>> NewestPanes(storage::Snapshot& snapshot,
                                                  std::string_view endpoint, Window window,
                                                  size_t limit);

base::Result<std::optional<std::string>> FindLabel(storage::Snapshot& snapshot,
                                                   std::string_view request_id);
/// Replaces an older label of the request and counts the revision up.
base::Result<void> PutLabel(storage::Transaction& transaction, std::string_view endpoint,
                            std::string_view request_id, std::string_view label,
                            base::Millis received);
base::Result<bool> HasLabels(storage::Snapshot& snapshot, std::string_view endpoint);

}  // namespace yard::monitoring
