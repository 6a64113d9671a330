#include "monitoring/monitor_service.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/events.h"
#include "base/executor.h"
#include "base/log.h"
#include "monitoring/alert_deliverer.h"
#include "monitoring/alert_store.h"
#include "monitoring/baseline_keeper.h"
#include "monitoring/monitor_metrics.h"
#include "monitoring/monitor_store.h"
#include "monitoring/pane_closer.h"
#include "monitoring/pane_judge.h"
#include "monitoring/prediction_history.h"
#include "registry/events.h"
#include "serving/events.h"
#include "storage/database.h"

namespace yard::monitoring {
namespace {

constexpr size_t kQueueLimit = 1'000;
constexpr size_t kAlertLimit = 500;

base::Error NoMonitor(std::string_view endpoint) {
  return base::NotFound("no such monitor; it appears with the endpoint's first prediction",
                        {"endpoint", std::string(endpoint)})
      .WithReason("monitor_not_found");
}

base::Error NoPane(std::string_view id) {
  return base::NotFound("no predictions in that pane", {"pane", std::string(id)})
      .WithReason("pane_not_found");
}

void LogFailure(std::string_view what, std::string_view subject, const base::Error& error) {
  base::Log(base::LogLevel::kError, what,
            {{"subject", std::string(subject)}, {"reason", error.ToString()}});
}

class Service final : public MonitorService {
 public:
  using MonitorService::SetBaseline;

  explicit Service(const Neighbours& neighbours)
      : neighbours_(neighbours),
        database_(neighbours.database),
        metrics_(neighbours.telemetry),
        baselines_(neighbours.database, neighbours.training_data, neighbours.predictor,
                   neighbours.clock, neighbours.events),
        deliverer_(neighbours.database, neighbours.webhooks, neighbours.clock, metrics_),
        judge_({neighbours.database, neighbours.predictions, baselines_, deliverer_, metrics_,
                neighbours.clock, neighbours.events}),
        closer_(neighbours.database, neighbours.predictions, judge_),
        executor_("monitoring", 1, kQueueLimit) {}

  ~Service() override {
    subscriptions_.clear();
    executor_.Stop();
  }

  base::Result<void> Begin() {
    base::EventBus& bus = neighbours_.events;
    subscriptions_.push_back(bus.Subscribe<registry::VersionCreated>(
        [this](const registry::VersionCreated& event) { OnVersion(event); }));
    subscriptions_.push_back(
        bus.Subscribe<serving::PredictionsLogged>([this](const serving::PredictionsLogged& event) {
          QueueWork(event.endpoint, {event.newest_event_time.value});
        }));
    subscriptions_.push_back(bus.Subscribe<serving::EndpointChanged>(
        [this](const serving::EndpointChanged& event) { OnEndpoint(event); }));
    YARD_ASSIGN_OR_RETURN(const auto monitors, database_.Read(ListMonitors));
    for (const auto& monitor : monitors) QueueWork(monitor.endpoint, {});
    return {};
  }

  base::Result<std::vector<MonitorSummary>> List() override {
    return database_.Read(
        [this](storage::Snapshot& snapshot) -> base::Result<std::vector<MonitorSummary>> {
          YARD_ASSIGN_OR_RETURN(const auto monitors, ListMonitors(snapshot));
          std::vector<MonitorSummary> summaries;
          for (const auto& monitor : monitors) {
            YARD_ASSIGN_OR_RETURN(auto summary, Summarise(snapshot, monitor));
            summaries.push_back(std::move(summary));
          }
          return summaries;
        });
  }

  base::Result<Monitor> Get(std::string_view endpoint, size_t pane_limit) override {
    YARD_ASSIGN_OR_RETURN(const MonitorSettings settings, SettingsOf(endpoint));
    YARD_ASSIGN_OR_RETURN(auto panes, database_.Read([&](storage::Snapshot& snapshot) {
      return NewestPanes(snapshot, endpoint, settings.window, pane_limit);
    }));
    std::reverse(panes.begin(), panes.end());
    YARD_RETURN_IF_ERROR(AppendOpenPane(endpoint, settings, panes));
    return Monitor{std::string(endpoint), settings, std::move(panes)};
  }

  base::Result<MonitorSettings> ChangeSettings(std::string_view endpoint,
                                               const MonitorSettings& settings) override {
    YARD_RETURN_IF_ERROR(CheckSettings(settings));
    YARD_RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) {
      return PutMonitor(transaction, endpoint, settings);
    }));
    {
      const std::lock_guard lock(mutex_);
      known_.insert(std::string(endpoint));
    }
    QueueWork(std::string(endpoint), {});
    return settings;
  }

  base::Result<PaneReport> GetPane(std::string_view endpoint, std::string_view pane_id) override {
    YARD_ASSIGN_OR_RETURN(const MonitorSettings settings, SettingsOf(endpoint));
    YARD_ASSIGN_OR_RETURN(const PaneSpan span, PaneOfId(settings.window, pane_id));
    YARD_ASSIGN_OR_RETURN(auto stored, database_.Read([&](storage::Snapshot& snapshot) {
      return FindPane(snapshot, endpoint, settings.window, span.start);
    }));
    if (stored) return *std::move(stored);
    neighbours_.predictions.Flush();
    YARD_ASSIGN_OR_RETURN(auto report, judge_.Evaluate(endpoint, settings, span));
    if (report.rows == 0) return NoPane(pane_id);
    return report;
  }

  base::Result<void> Close(std::string_view endpoint, std::optional<base::Millis> until) override {
    neighbours_.predictions.Flush();
    YARD_ASSIGN_OR_RETURN(const MonitorSettings settings, SettingsOf(endpoint));
    return closer_.Advance(std::string(endpoint), settings, until, PaneCloser::Recount::kYes);
  }

  base::Result<LabelsAccepted> AddLabels(std::string_view endpoint,
                                         std::span<const Label> labels) override {
    YARD_RETURN_IF_ERROR(CheckLabels(labels));
    const base::Millis now = neighbours_.clock.Now();
    YARD_RETURN_IF_ERROR(
        database_.Write([&](storage::Transaction& transaction) -> base::Result<void> {
          for (const Label& label : labels) {
            YARD_RETURN_IF_ERROR(
                PutLabel(transaction, endpoint, label.request_id, label.text, now));
          }
          return {};
        }));
    metrics_.LabelsAccepted(endpoint, static_cast<int64_t>(labels.size()));
    return PlaceLabels(endpoint, labels);
  }

  base::Result<std::vector<Alert>> Alerts() override {
    return database_.Read(
        [](storage::Snapshot& snapshot) { return NewestAlerts(snapshot, kAlertLimit); });
  }

  base::Result<void> SetBaseline(std::string_view model, std::string_view version,
                                 const columnar::Table& table) override {
    return baselines_.Make(model, version, table, "by hand");
  }

  base::Result<Baseline> GetBaseline(std::string_view model, std::string_view version) override {
    YARD_ASSIGN_OR_RETURN(const auto baseline, baselines_.Find(model, version));
    if (baseline != nullptr) return *baseline;
    return base::NotFound("the version has no baseline", {"model", std::string(model)},
                          {"version", std::string(version)})
        .WithReason("baseline_not_found");
  }

  void WaitUntilIdle() override {
    neighbours_.predictions.Flush();
    std::mutex mutex;
    std::condition_variable done;
    bool is_done = false;
    const auto tell = [&] {
      const std::lock_guard lock(mutex);
      is_done = true;
      done.notify_all();
    };
    while (!executor_.TryPost(tell)) std::this_thread::yield();
    {
      std::unique_lock lock(mutex);
      done.wait(lock, [&] { return is_done; });
    }
    deliverer_.DeliverDue();
  }

 private:
  static base::Result<void> CheckLabels(std::span<const Label> labels) {
    if (labels.size() > kMaxLabelsPerCall) {
      return base::InvalidArgument("too many labels in one call",
                                   {"limit", std::to_string(kMaxLabelsPerCall)})
          .WithReason("too_many");
    }
    for (const Label& label : labels) {
      if (!label.request_id.empty() && label.request_id.size() <= kMaxLabelBytes &&
          label.text.size() <= kMaxLabelBytes) {
        continue;
      }
      return base::InvalidArgument(
                 "request_id and label must hold at most 500 bytes, and "
                 "request_id at least one",
                 {"request_id", label.request_id.substr(0, 100)})
          .WithReason("bad_label");
    }
    return {};
  }

  // Which predictions the labels speak of: their panes are to be judged anew.
  base::Result<LabelsAccepted> PlaceLabels(std::string_view endpoint,
                                           std::span<const Label> labels) {
    std::vector<std::string> ids;
    for (const Label& label : labels) ids.push_back(label.request_id);
    neighbours_.predictions.Flush();
    YARD_ASSIGN_OR_RETURN(const auto places, neighbours_.predictions.Find(ids));
    LabelsAccepted outcome{static_cast<int64_t>(labels.size()), 0};
    std::set<int64_t> times;
    for (const auto& place : places) {
      if (place && place->endpoint == endpoint) {
        times.insert(place->event_time.value);
      } else {
        ++outcome.unknown;
      }
    }
    if (!times.empty()) QueueWork(std::string(endpoint), times);
    return outcome;
  }

  void OnVersion(const registry::VersionCreated& event) {
    const bool posted =
        executor_.TryPost([this, model = event.name, version = std::to_string(event.version)] {
          const auto made = baselines_.MakeFromTrainingData(model, version);
          if (!made.ok()) LogFailure("the baseline could not be made", model, made.error());
        });
    if (!posted) base::Log(base::LogLevel::kWarning, "monitoring is busy; a baseline was put off");
  }

  void OnEndpoint(const serving::EndpointChanged& event) {
    if (event.action == serving::EndpointAction::kDeleted) {
      executor_.TryPost([this, endpoint = event.endpoint] { Forget(endpoint); });
    } else if (event.action == serving::EndpointAction::kCreated) {
      QueueWork(event.endpoint, {});
    }
  }

  void Forget(const std::string& endpoint) {
    {
      const std::lock_guard lock(mutex_);
      known_.erase(endpoint);
    }
    const auto deleted = database_.Write(
        [&](storage::Transaction& transaction) { return DeleteMonitor(transaction, endpoint); });
    if (!deleted.ok()) LogFailure("a monitor could not be deleted", endpoint, deleted.error());
    metrics_.Remove(endpoint);
  }

  // Queues one task an endpoint, however many events come meanwhile.
  void QueueWork(const std::string& endpoint, const std::set<int64_t>& touched_ms) {
    closer_.Touch(endpoint, touched_ms);
    {
      const std::lock_guard lock(mutex_);
      if (!queued_.insert(endpoint).second) return;
    }
    const bool posted = executor_.TryPost([this, endpoint] {
      Unqueue(endpoint);
      const auto done = CloseWhatIsDue(endpoint);
      if (!done.ok()) LogFailure("a pane could not be judged", endpoint, done.error());
    });
    if (!posted) Unqueue(endpoint);
  }

  void Unqueue(const std::string& endpoint) {
    const std::lock_guard lock(mutex_);
    queued_.erase(endpoint);
  }

  base::Result<void> CloseWhatIsDue(const std::string& endpoint) {
    YARD_RETURN_IF_ERROR(EnsureMonitor(endpoint));
    YARD_ASSIGN_OR_RETURN(const MonitorSettings settings, SettingsOf(endpoint));
    return closer_.Advance(endpoint, settings, std::nullopt, PaneCloser::Recount::kNo);
  }

  base::Result<void> EnsureMonitor(const std::string& endpoint) {
    {
      const std::lock_guard lock(mutex_);
      if (known_.contains(endpoint)) return {};
    }
    YARD_RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) {
      return InsertMonitor(transaction, endpoint, MonitorSettings());
    }));
    const std::lock_guard lock(mutex_);
    known_.insert(endpoint);
    return {};
  }

  base::Result<MonitorSettings> SettingsOf(std::string_view endpoint) {
    YARD_ASSIGN_OR_RETURN(auto settings, database_.Read([&](storage::Snapshot& snapshot) {
      return FindMonitor(snapshot, endpoint);
    }));
    if (!settings) return NoMonitor(endpoint);
    return *std::move(settings);
  }

  base::Result<MonitorSummary> Summarise(storage::Snapshot& snapshot,
                                         const NamedSettings& monitor) {
    MonitorSummary summary{monitor.endpoint, monitor.settings, "no_data", {}, {}, 0};
    YARD_ASSIGN_OR_RETURN(const auto newest,
                          NewestPanes(snapshot, monitor.endpoint, monitor.settings.window, 1));
    if (!newest.empty()) {
      summary.status = newest[0].status;
      summary.drifted_features = newest[0].drifted_features;
      summary.last_pane = newest[0].span.id;
    }
    YARD_ASSIGN_OR_RETURN(summary.alerts_firing, CountFiring(snapshot, monitor.endpoint));
    return summary;
  }

  // The newest pane while predictions still come in: counted only.
  base::Result<void> AppendOpenPane(std::string_view endpoint, const MonitorSettings& settings,
                                    std::vector<PaneReport>& panes) {
    YARD_ASSIGN_OR_RETURN(const auto extent, neighbours_.predictions.ExtentOf(endpoint));
    if (!extent) return {};
    const PaneSpan newest = PaneOf(settings.window, extent->newest);
    if (!panes.empty() && panes.back().span.start >= newest.start) return {};
    PaneReport open;
    open.span = newest;
    open.status = "open";
    YARD_ASSIGN_OR_RETURN(open.rows, closer_.CountRows(endpoint, newest));
    panes.push_back(std::move(open));
    return {};
  }

  Neighbours neighbours_;
  storage::Database& database_;
  MonitorMetrics metrics_;
  BaselineKeeper baselines_;
  AlertDeliverer deliverer_;
  PaneJudge judge_;
  PaneCloser closer_;

  std::mutex mutex_;
  std::set<std::string> queued_;  // endpoints with a task that has not begun
  std::set<std::string> known_;   // endpoints whose monitor is in the database

  base::Executor executor_;
  std::vector<base::EventBus::Subscription> subscriptions_;
};

}  // namespace

base::Result<void> MonitorService::SetBaseline(std::string_view model, std::string_view version,
                                               std::string_view file_bytes) {
  YARD_ASSIGN_OR_RETURN(const auto table,
                        columnar::ReadTableBytes(file_bytes, columnar::FormatOfBytes(file_bytes)));
  return SetBaseline(model, version, table);
}

base::Result<std::unique_ptr<MonitorService>> MonitorService::Start(const Neighbours& neighbours) {
  auto service = std::make_unique<Service>(neighbours);
  YARD_RETURN_IF_ERROR(service->Begin());
  return std::unique_ptr<MonitorService>(std::move(service));
}

}  // namespace yard::monitoring
