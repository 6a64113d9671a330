#include "monitoring/pane_judge.h"

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/events.h"
#include "base/ids.h"
#include "base/log.h"
#include "monitoring/alert_deliverer.h"
#include "monitoring/alert_rules.h"
#include "monitoring/alert_store.h"
#include "monitoring/baseline_keeper.h"
#include "monitoring/events.h"
#include "monitoring/monitor_metrics.h"
#include "monitoring/monitor_store.h"
#include "monitoring/pane_evaluation.h"
#include "monitoring/webhook.h"
#include "storage/database.h"

namespace yard::monitoring {

base::Result<PaneReport> PaneJudge::EvaluateOnce(std::string_view endpoint,
                                                 const MonitorSettings& settings,
                                                 const PaneSpan& span) {
  const std::lock_guard one_at_a_time(evaluating_);
  // One snapshot for all labels of the pane; none is asked for where the endpoint has none.
  return neighbours_.database.Read([&](storage::Snapshot& snapshot) -> base::Result<PaneReport> {
    YARD_ASSIGN_OR_RETURN(const bool has_labels, HasLabels(snapshot, endpoint));
    const auto baseline_of = [this](std::string_view model, std::string_view version) {
      return neighbours_.baselines.Find(model, version);
    };
    const auto label_of =
        [&](std::string_view request_id) -> base::Result<std::optional<std::string>> {
      if (!has_labels) return std::optional<std::string>();
      return FindLabel(snapshot, request_id);
    };
    const PaneContext context{std::string(endpoint), settings, span, baseline_of, label_of};
    YARD_ASSIGN_OR_RETURN(auto report, EvaluatePane(neighbours_.predictions, context));
    report.evaluated = neighbours_.clock.Now();
    return report;
  });
}

base::Result<PaneReport> PaneJudge::Evaluate(std::string_view endpoint,
                                             const MonitorSettings& settings,
                                             const PaneSpan& span) {
  YARD_ASSIGN_OR_RETURN(PaneReport report, EvaluateOnce(endpoint, settings, span));
  if (report.arms.empty() || !report.model.empty()) return report;
  bool made = false;
  for (const ArmReport& arm : report.arms) {
    const auto outcome = neighbours_.baselines.MakeFromTrainingData(arm.model, arm.version);
    made = made || (outcome.ok() && *outcome);
  }
  if (!made) return report;
  return EvaluateOnce(endpoint, settings, span);
}

base::Result<void> PaneJudge::Close(std::string_view endpoint, const MonitorSettings& settings,
                                    const PaneSpan& span) {
  YARD_ASSIGN_OR_RETURN(PaneReport report, Evaluate(endpoint, settings, span));
  if (report.rows == 0) return {};
  report.is_closed = true;
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        return PutPane(transaction, endpoint, settings.window, report);
      }));
  neighbours_.metrics.PaneJudged(endpoint, report);
  if (!report.drifted_features.empty()) {
    neighbours_.events.Publish(
        DriftDetected{std::string(endpoint), span.id, report.drifted_features});
  }
  return MoveAlerts(endpoint, settings);
}

base::Result<void> PaneJudge::MoveAlerts(std::string_view endpoint,
                                         const MonitorSettings& settings) {
  std::vector<Alert> told;
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        told.clear();
        YARD_ASSIGN_OR_RETURN(const auto active, ActiveAlerts(transaction, endpoint));
        YARD_ASSIGN_OR_RETURN(const auto panes,
                              NewestPanes(transaction, endpoint, settings.window,
                                          static_cast<size_t>(settings.panes_watched)));
        const AlertStep step = NextAlerts(endpoint, settings, panes, active, neighbours_.clock);
        for (const Alert& alert : step.changed) {
          if (alert.state != AlertState::kPending) told.push_back(alert);
        }
        std::string delivery_id;
        if (!told.empty() && !settings.webhook_url.empty()) {
          delivery_id = base::NewId(neighbours_.clock);
          const Delivery delivery{delivery_id, std::string(endpoint), settings.webhook_url,
                                  WebhookMessage(endpoint, told), 0};
          YARD_RETURN_IF_ERROR(InsertDelivery(transaction, delivery, neighbours_.clock.Now()));
        }
        for (const Alert& alert : step.changed) {
          const bool is_told = alert.state != AlertState::kPending;
          YARD_RETURN_IF_ERROR(PutAlert(transaction, alert, is_told ? delivery_id : ""));
        }
        for (const std::string& id : step.dropped) {
          YARD_RETURN_IF_ERROR(DeleteAlert(transaction, id));
        }
        return {};
      }));
  if (!told.empty()) neighbours_.deliverer.Wake();
  for (const Alert& alert : told) {
    const bool fires = alert.state == AlertState::kFiring;
    base::Log(fires ? base::LogLevel::kWarning : base::LogLevel::kInfo,
              fires ? "alert fires" : "alert resolved",
              {{"endpoint", alert.endpoint}, {"feature", alert.feature}, {"why", alert.summary}});
    neighbours_.events.Publish(
        AlertChanged{alert.id, alert.endpoint, alert.feature, fires, alert.summary});
  }
  YARD_ASSIGN_OR_RETURN(const int64_t firing,
                        neighbours_.database.Read([&](storage::Snapshot& snapshot) {
                          return CountFiring(snapshot, endpoint);
                        }));
  neighbours_.metrics.AlertsFiring(endpoint, firing);
  return {};
}

}  // namespace yard::monitoring
