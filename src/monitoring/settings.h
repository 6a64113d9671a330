#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "monitoring/window.h"

namespace yard::monitoring {

/// How an endpoint is watched.
struct MonitorSettings {
  Window window = Window::kDay;
  /// Share of false alarms among a pane's alarms that is accepted: 0 < alpha < 1.
  double alpha = 0.05;
  /// Smallest change that matters: of D (numbers), of the total variation (categories) and of the
  /// share of missing values. 0 <= minimum_effect <= 1.
  double minimum_effect = 0.1;
  /// Below so many rows a pane is not judged. >= 1.
  int64_t minimum_rows = 100;
  /// An alert fires when a feature drifted in `panes_needed` of the last `panes_watched` closed
  /// panes. 1 <= panes_needed <= panes_watched <= 100.
  int panes_needed = 1;
  int panes_watched = 1;
  /// http:// or https:// URL that gets alerts; empty: none. At most 2,048 bytes.
  std::string webhook_url;

  friend bool operator==(const MonitorSettings&, const MonitorSettings&) = default;
};

/// Errors: kInvalidArgument, reason "bad_setting" (details "setting" and "value").
base::Result<void> CheckSettings(const MonitorSettings& settings);

}  // namespace yard::monitoring
