#include "monitoring/alert_rules.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <utility>

#include "base/digest.h"
#include "base/ids.h"

namespace yard::monitoring {
namespace {

struct DriftOfFeature {
  int panes = 0;  // of those watched
  std::string newest_pane;
  std::string reason;
};

std::string ReasonOf(const PaneReport& pane, const std::string& feature) {
  for (const auto& report : pane.features) {
    if (report.name == feature) return report.reason;
  }
  if (pane.prediction && pane.prediction->name == feature) return pane.prediction->reason;
  for (const auto& arm : pane.arms) {
    if (arm.against_reference && arm.against_reference->name == feature) {
      return arm.against_reference->reason;
    }
  }
  return {};
}

std::map<std::string, DriftOfFeature> CountDrift(std::span<const PaneReport> panes) {
  std::map<std::string, DriftOfFeature> drifts;
  for (const PaneReport& pane : panes) {
    for (const std::string& feature : pane.drifted_features) {
      DriftOfFeature& drift = drifts[feature];
      if (drift.panes++ > 0) continue;
      drift.newest_pane = pane.span.id;
      drift.reason = ReasonOf(pane, feature);
    }
  }
  return drifts;
}

const Alert* FindActive(std::span<const Alert> active, const std::string& feature) {
  const auto found = std::find_if(active.begin(), active.end(),
                                  [&](const Alert& alert) { return alert.feature == feature; });
  return found == active.end() ? nullptr : &*found;
}

Alert NewAlert(std::string_view endpoint, const std::string& feature, const base::Clock& clock) {
  Alert alert;
  alert.id = base::NewId(clock);
  alert.endpoint = std::string(endpoint);
  alert.feature = feature;
  alert.since = clock.Now();
  alert.started = alert.since;
  alert.fingerprint = FingerprintOf(endpoint, feature);
  return alert;
}

std::string SummaryOf(std::string_view endpoint, const std::string& feature,
                      const DriftOfFeature& drift) {
  return feature + " of " + std::string(endpoint) + " drifted in " + drift.newest_pane + ": " +
         drift.reason;
}

}  // namespace

std::string FingerprintOf(std::string_view endpoint, std::string_view feature) {
  const std::string key = std::string(endpoint) + '\n' + std::string(feature);
  std::array<char, 17> hex;
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64, base::StableHash(key));
  return std::string(hex.data(), 16);
}

AlertStep NextAlerts(std::string_view endpoint, const MonitorSettings& settings,
                     std::span<const PaneReport> newest_panes, std::span<const Alert> active,
                     const base::Clock& clock) {
  AlertStep step;
  const size_t watched = std::min(newest_panes.size(), static_cast<size_t>(settings.panes_watched));
  const auto drifts = CountDrift(newest_panes.first(watched));
  for (const auto& [feature, drift] : drifts) {
    const Alert* known = FindActive(active, feature);
    const bool fires = drift.panes >= settings.panes_needed ||
                       (known != nullptr && known->state == AlertState::kFiring);
    const AlertState state = fires ? AlertState::kFiring : AlertState::kPending;
    if (known != nullptr && known->state == state) continue;
    Alert alert = known != nullptr ? *known : NewAlert(endpoint, feature, clock);
    alert.state = state;
    alert.since = clock.Now();
    if (state == AlertState::kFiring) alert.started = alert.since;
    alert.pane = drift.newest_pane;
    alert.summary = SummaryOf(endpoint, feature, drift);
    step.changed.push_back(std::move(alert));
  }
  for (const Alert& alert : active) {
    if (drifts.contains(alert.feature)) continue;
    if (alert.state == AlertState::kPending) {
      step.dropped.push_back(alert.id);
      continue;
    }
    Alert resolved = alert;
    resolved.state = AlertState::kResolved;
    resolved.since = clock.Now();
    resolved.resolved = resolved.since;
    if (watched > 0) resolved.pane = newest_panes.front().span.id;
    step.changed.push_back(std::move(resolved));
  }
  return step;
}

}  // namespace yard::monitoring
