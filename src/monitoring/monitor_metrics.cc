#include "monitoring/monitor_metrics.h"

#include <cmath>
#include <vector>

namespace yard::monitoring {
namespace {

const std::vector<std::string> kFeatureLabels = {"endpoint", "model", "version", "feature"};
const std::vector<std::string> kArmLabels = {"endpoint", "arm", "model", "version"};

std::vector<std::string> With(std::vector<std::string> names, const char* name) {
  names.emplace_back(name);
  return names;
}

void SetNumber(base::Family<base::Gauge>& family, const std::vector<std::string>& labels,
               double value) {
  if (!std::isnan(value)) family.With(labels).Set(value);
}

}  // namespace

MonitorMetrics::MonitorMetrics(base::Telemetry& telemetry)
    : drift_score_(telemetry.GaugeFamily("yard_feature_drift_score",
                                         "Distance of a feature from its baseline in the newest "
                                         "closed pane, by method (ks, psi, total_variation).",
                                         With(kFeatureLabels, "method"))),
      drift_p_value_(telemetry.GaugeFamily(
          "yard_feature_drift_pvalue",
          "Benjamini-Hochberg adjusted p-value of the feature's test in the newest closed pane.",
          kFeatureLabels)),
      drift_detected_(telemetry.GaugeFamily("yard_feature_drift_detected",
                                            "1 when the feature drifted in the newest closed pane.",
                                            kFeatureLabels)),
      missing_ratio_(telemetry.GaugeFamily("yard_feature_missing_ratio",
                                           "Share of missing values in the newest closed pane.",
                                           kFeatureLabels)),
      drifted_ratio_(telemetry.GaugeFamily("yard_drifted_features_ratio",
                                           "Share of features that drifted in the newest closed "
                                           "pane.",
                                           {"endpoint"})),
      metric_(telemetry.GaugeFamily("yard_model_metric",
                                    "Measure of the newest pane with labels (accuracy, auc, "
                                    "log_loss, mean_absolute_error).",
                                    With(kArmLabels, "metric"))),
      metric_lower_(telemetry.GaugeFamily("yard_model_metric_ci_lower",
                                          "Lower end of the 95 % interval of yard_model_metric.",
                                          With(kArmLabels, "metric"))),
      metric_upper_(telemetry.GaugeFamily("yard_model_metric_ci_upper",
                                          "Upper end of the 95 % interval of yard_model_metric.",
                                          With(kArmLabels, "metric"))),
      coverage_(telemetry.GaugeFamily("yard_label_coverage_ratio",
                                      "Share of predictions with a label in the newest pane with "
                                      "labels.",
                                      kArmLabels)),
      last_run_(telemetry.GaugeFamily("yard_monitor_last_run_timestamp_seconds",
                                      "When a pane of the endpoint was judged last.",
                                      {"endpoint"})),
      firing_(telemetry.GaugeFamily("yard_alerts_firing", "Alerts of the endpoint that fire.",
                                    {"endpoint"})),
      panes_(telemetry.CounterFamily("yard_monitor_panes_judged_total",
                                     "Panes that were judged, again after late rows too.",
                                     {"endpoint"})),
      labels_(
          telemetry.CounterFamily("yard_labels_total", "Labels that were accepted.", {"endpoint"})),
      deliveries_(telemetry.CounterFamily("yard_alert_deliveries_total",
                                          "Attempts to deliver alerts to a webhook, by outcome.",
                                          {"outcome"})) {}

void MonitorMetrics::PaneJudged(std::string_view name, const PaneReport& report) {
  const std::string endpoint(name);
  panes_.With({endpoint}).Add();
  last_run_.With({endpoint}).Set(static_cast<double>(report.evaluated.value) / 1000);
  const std::lock_guard lock(mutex_);
  Newest& newest = newest_[endpoint];
  if (report.span.start >= newest.drift) {
    newest.drift = report.span.start;
    size_t drifted = 0;
    for (const auto& feature : report.features) {
      SetFeature(endpoint, report, feature);
      drifted += feature.verdict == Verdict::kDrift ? 1 : 0;
    }
    if (!report.features.empty()) {
      drifted_ratio_.With({endpoint})
          .Set(static_cast<double>(drifted) / static_cast<double>(report.features.size()));
    }
  }
  int64_t labelled = 0;
  for (const auto& arm : report.arms) labelled += arm.labelled;
  if (labelled == 0 || report.span.start < newest.labels) return;
  newest.labels = report.span.start;
  for (const auto& arm : report.arms) SetArm(endpoint, arm);
}

void MonitorMetrics::SetFeature(const std::string& endpoint, const PaneReport& report,
                                const FeatureReport& feature) {
  const std::vector<std::string> labels = {endpoint, report.model, report.version, feature.name};
  const bool numeric = feature.type == FeatureType::kNumeric;
  SetNumber(drift_score_, With(labels, numeric ? "ks" : "total_variation"), feature.effect);
  SetNumber(drift_score_, With(labels, "psi"), feature.psi);
  SetNumber(drift_p_value_, labels, numeric ? feature.ks.p_adjusted : feature.chi2.p_adjusted);
  SetNumber(missing_ratio_, labels, feature.missing_share);
  drift_detected_.With(labels).Set(feature.verdict == Verdict::kDrift ? 1 : 0);
}

void MonitorMetrics::SetArm(const std::string& endpoint, const ArmReport& arm) {
  const double rows = static_cast<double>(arm.rows);
  coverage_.With({endpoint, arm.arm, arm.model, arm.version})
      .Set(rows > 0 ? static_cast<double>(arm.labelled) / rows : 0);
  SetMeasure(endpoint, arm, "accuracy", arm.accuracy);
  SetMeasure(endpoint, arm, "auc", arm.auc);
  SetMeasure(endpoint, arm, "log_loss", arm.log_loss);
  SetMeasure(endpoint, arm, "mean_absolute_error", arm.mean_absolute_error);
}

void MonitorMetrics::SetMeasure(const std::string& endpoint, const ArmReport& arm, const char* name,
                                const Measure& measure) {
  const std::vector<std::string> labels = {endpoint, arm.arm, arm.model, arm.version, name};
  SetNumber(metric_, labels, measure.value);
  SetNumber(metric_lower_, labels, measure.lower);
  SetNumber(metric_upper_, labels, measure.upper);
}

void MonitorMetrics::AlertsFiring(std::string_view endpoint, int64_t count) {
  firing_.With({std::string(endpoint)}).Set(static_cast<double>(count));
}

void MonitorMetrics::LabelsAccepted(std::string_view endpoint, int64_t count) {
  labels_.With({std::string(endpoint)}).Add(static_cast<double>(count));
}

void MonitorMetrics::DeliveryTried(DeliveryOutcome outcome) {
  deliveries_.With({outcome == DeliveryOutcome::kDelivered ? "delivered" : "failed"}).Add();
}

void MonitorMetrics::Remove(std::string_view endpoint) {
  for (auto* family :
       {&drift_score_, &drift_p_value_, &drift_detected_, &missing_ratio_, &drifted_ratio_,
        &metric_, &metric_lower_, &metric_upper_, &coverage_, &last_run_, &firing_}) {
    family->Remove("endpoint", endpoint);
  }
  const std::lock_guard lock(mutex_);
  newest_.erase(std::string(endpoint));
}

}  // namespace yard::monitoring
