#include "protocols/native/monitor_json.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json/writer.h"
#include "monitoring/baseline.h"

namespace yard::protocols::native {
namespace {

using base::json::NonFinite;
using base::json::Writer;
using monitoring::ArmReport;
using monitoring::FeatureReport;
using monitoring::FeatureType;
using monitoring::Measure;
using monitoring::PairedHistogram;
using monitoring::PaneReport;
using monitoring::ReferenceColumn;
using monitoring::TestNumbers;

/// Runs `write` with a writer and returns what it wrote.
template <typename Write>
std::string Text(Write write) {
  std::string text;
  Writer writer(text, NonFinite::kNull);
  write(writer);
  return text;
}

void WriteTexts(Writer& writer, std::string_view key, const std::vector<std::string>& texts) {
  writer.Key(key).BeginArray();
  for (const auto& text : texts) writer.String(text);
  writer.EndArray();
}

template <typename Number>
void WriteNumbers(Writer& writer, std::string_view key, const std::vector<Number>& numbers) {
  writer.Key(key).BeginArray();
  for (const auto number : numbers) writer.Double(static_cast<double>(number));
  writer.EndArray();
}

std::string_view TypeName(FeatureType type) {
  return type == FeatureType::kNumeric ? "numeric" : "categorical";
}

void WriteTest(Writer& writer, std::string_view key, const TestNumbers& test) {
  writer.Key(key);
  if (std::isnan(test.statistic)) {
    writer.Null();
    return;
  }
  writer.BeginObject()
      .Member("statistic", test.statistic)
      .Member("p_value", test.p_value)
      .Member("p_adjusted", test.p_adjusted)
      .EndObject();
}

void WriteMeasure(Writer& writer, std::string_view key, const Measure& measure) {
  writer.Key(key);
  if (std::isnan(measure.value)) {
    writer.Null();
    return;
  }
  writer.BeginObject()
      .Member("value", measure.value)
      .Member("lower", measure.lower)
      .Member("upper", measure.upper)
      .EndObject();
}

void WriteOutside(Writer& writer, std::string_view key, double baseline, double current) {
  writer.Key(key).BeginObject().Member("baseline", baseline).Member("current", current).EndObject();
}

void WriteHistogram(Writer& writer, FeatureType type, const PairedHistogram& histogram) {
  writer.Key("histogram").BeginObject();
  if (type == FeatureType::kNumeric) {
    WriteNumbers(writer, "edges", histogram.edges);
    WriteOutside(writer, "below", histogram.baseline_below, histogram.current_below);
  } else {
    WriteTexts(writer, "categories", histogram.categories);
  }
  WriteNumbers(writer, "baseline", histogram.baseline);
  WriteNumbers(writer, "current", histogram.current);
  WriteOutside(writer, type == FeatureType::kNumeric ? "above" : "other", histogram.baseline_above,
               histogram.current_above);
  WriteOutside(writer, "missing", histogram.baseline_missing, histogram.current_missing);
  writer.EndObject();
}

void WriteFeatureFields(Writer& writer, const FeatureReport& feature) {
  writer.Member("name", feature.name)
      .Member("type", TypeName(feature.type))
      .Member("rows", feature.rows)
      .Member("baseline_rows", feature.baseline_rows)
      .Member("missing_share", feature.missing_share)
      .Member("baseline_missing_share", feature.baseline_missing_share);
  WriteTest(writer, "ks", feature.ks);
  writer.Key("psi")
      .BeginObject()
      .Member("value", feature.psi)
      .Member("critical", feature.psi_critical)
      .EndObject();
  WriteTest(writer, "chi2", feature.chi2);
  WriteTest(writer, "missing", feature.missing);
  writer.Member("wasserstein", feature.wasserstein)
      .Member("effect", feature.effect)
      .Member("verdict", VerdictName(feature.verdict))
      .Member("reason", feature.reason);
  WriteHistogram(writer, feature.type, feature.histogram);
}

void WriteFeature(Writer& writer, const FeatureReport& feature) {
  writer.BeginObject();
  WriteFeatureFields(writer, feature);
  writer.EndObject();
}

void WriteArm(Writer& writer, const ArmReport& arm) {
  writer.BeginObject()
      .Member("arm", arm.arm)
      .Member("model", arm.model)
      .Member("version", arm.version)
      .Member("rows", arm.rows)
      .Member("labelled", arm.labelled);
  WriteMeasure(writer, "accuracy", arm.accuracy);
  WriteMeasure(writer, "auc", arm.auc);
  WriteMeasure(writer, "log_loss", arm.log_loss);
  WriteMeasure(writer, "mean_absolute_error", arm.mean_absolute_error);
  writer.Member("mean_prediction", arm.mean_prediction);
  writer.Key("against_reference");
  if (arm.against_reference) {
    writer.BeginObject()
        .Member("verdict", VerdictName(arm.against_reference->verdict))
        .Member("effect", arm.against_reference->effect)
        .Member("reason", arm.against_reference->reason)
        .EndObject();
  } else {
    writer.Null();
  }
  writer.EndObject();
}

void WritePaneFields(Writer& writer, const PaneReport& pane) {
  writer.Member("id", pane.span.id)
      .Member("start", pane.span.start.value)
      .Member("end", pane.span.end.value)
      .Member("rows", pane.rows)
      .Member("closed", pane.is_closed)
      .Member("status", pane.status)
      .Member("baseline_model", pane.model)
      .Member("baseline_version", pane.version);
  WriteTexts(writer, "drifted_features", pane.drifted_features);
  writer.Key("arms").BeginArray();
  for (const auto& arm : pane.arms) WriteArm(writer, arm);
  writer.EndArray();
}

// The predictions against the baseline's, and each further version against the pane's reference.
void WritePrediction(Writer& writer, const PaneReport& pane) {
  writer.Key("prediction").BeginObject();
  if (pane.prediction) WriteFeatureFields(writer, *pane.prediction);
  writer.Key("arms").BeginArray();
  for (const auto& arm : pane.arms) {
    if (!arm.against_reference) continue;
    writer.BeginObject()
        .Member("arm", arm.arm)
        .Member("model", arm.model)
        .Member("version", arm.version)
        .Member("against", pane.arms.front().arm + "/" + pane.arms.front().version);
    WriteFeatureFields(writer, *arm.against_reference);
    writer.EndObject();
  }
  writer.EndArray().EndObject();
}

void WriteSettings(Writer& writer, const monitoring::MonitorSettings& settings) {
  writer.Key("settings")
      .BeginObject()
      .Member("window", WindowName(settings.window))
      .Member("alpha", settings.alpha)
      .Member("minimum_effect", settings.minimum_effect)
      .Member("minimum_rows", settings.minimum_rows)
      .Member("panes_needed", settings.panes_needed)
      .Member("panes_watched", settings.panes_watched)
      .Member("webhook_url", settings.webhook_url)
      .EndObject();
}

void WriteSummary(Writer& writer, const monitoring::MonitorSummary& monitor) {
  writer.BeginObject()
      .Member("endpoint", monitor.endpoint)
      .Member("window", WindowName(monitor.settings.window))
      .Member("status", monitor.status);
  WriteTexts(writer, "drifted_features", monitor.drifted_features);
  writer.Member("last_pane", monitor.last_pane)
      .Member("alerts_firing", monitor.alerts_firing)
      .EndObject();
}

void WriteAlert(Writer& writer, const monitoring::Alert& alert) {
  writer.BeginObject()
      .Member("id", alert.id)
      .Member("endpoint", alert.endpoint)
      .Member("feature", alert.feature)
      .Member("state", AlertStateName(alert.state))
      .Member("since", alert.since.value)
      .Member("started_at", alert.started.value);
  writer.Key("resolved_at");
  alert.resolved ? writer.Integer(alert.resolved->value) : writer.Null();
  writer.Member("summary", alert.summary)
      .Member("pane", alert.pane)
      .Member("fingerprint", alert.fingerprint);
  writer.Key("delivery");
  if (alert.delivery) {
    writer.BeginObject()
        .Member("url", alert.delivery->url)
        .Member("attempts", alert.delivery->attempts)
        .Member("delivered", alert.delivery->is_delivered)
        .Member("last_error", alert.delivery->last_error)
        .EndObject();
  } else {
    writer.Null();
  }
  writer.EndObject();
}

void WriteReference(Writer& writer, const ReferenceColumn& column) {
  const double rows = static_cast<double>(column.rows);
  writer.BeginObject()
      .Member("name", column.name)
      .Member("type", TypeName(column.type))
      .Member("rows", column.rows)
      .Member("missing_share", rows > 0 ? static_cast<double>(column.missing) / rows : 0.0);
  writer.Key("histogram").BeginObject();
  if (column.type == FeatureType::kNumeric) {
    WriteNumbers(writer, "edges", column.edges);
  } else {
    WriteTexts(writer, "categories", column.categories);
    writer.Member("other", column.other);
  }
  WriteNumbers(writer, "baseline", column.counts);
  writer.EndObject().EndObject();
}

}  // namespace

std::string MonitorsJson(std::span<const monitoring::MonitorSummary> monitors) {
  return Text([&](Writer& writer) {
    writer.BeginObject().Key("monitors").BeginArray();
    for (const auto& monitor : monitors) WriteSummary(writer, monitor);
    writer.EndArray().EndObject();
  });
}

std::string MonitorJson(const monitoring::Monitor& monitor) {
  return Text([&](Writer& writer) {
    writer.BeginObject().Member("endpoint", monitor.endpoint);
    WriteSettings(writer, monitor.settings);
    writer.Key("panes").BeginArray();
    for (const auto& pane : monitor.panes) {
      writer.BeginObject();
      WritePaneFields(writer, pane);
      writer.EndObject();
    }
    writer.EndArray().EndObject();
  });
}

std::string PaneJson(const PaneReport& pane) {
  return Text([&](Writer& writer) {
    writer.BeginObject();
    WritePaneFields(writer, pane);
    writer.Member("evaluated_at", pane.evaluated.value);
    writer.Key("features").BeginArray();
    for (const auto& feature : pane.features) WriteFeature(writer, feature);
    writer.EndArray();
    WritePrediction(writer, pane);
    writer.EndObject();
  });
}

std::string AlertsJson(std::span<const monitoring::Alert> alerts) {
  return Text([&](Writer& writer) {
    writer.BeginObject().Key("alerts").BeginArray();
    for (const auto& alert : alerts) WriteAlert(writer, alert);
    writer.EndArray().EndObject();
  });
}

std::string BaselineJson(const monitoring::Baseline& baseline) {
  return Text([&](Writer& writer) {
    writer.BeginObject()
        .Member("model", baseline.model)
        .Member("version", baseline.version)
        .Member("source", baseline.source)
        .Member("created_at", baseline.created.value)
        .Member("rows", baseline.rows);
    writer.Key("features").BeginArray();
    for (const auto& column : baseline.columns) WriteReference(writer, column);
    writer.EndArray().Key("prediction");
    if (baseline.prediction) {
      WriteReference(writer, *baseline.prediction);
    } else {
      writer.Null();
    }
    writer.EndObject();
  });
}

}  // namespace yard::protocols::native
