#include "monitoring/codec.h"

#include <utility>
#include <vector>

#include "monitoring/archive_internal.h"

namespace yard::monitoring {

// Found by argument-dependent lookup from the archives, hence not in an anonymous namespace.
template <typename Archive>
void Fields(Archive& archive, ReferenceColumn& column) {
  archive(column.name, column.type, column.rows, column.missing, column.sorted, column.edges,
          column.categories, column.other, column.counts);
}
template <typename Archive>
void Fields(Archive& archive, Baseline& baseline) {
  archive(baseline.model, baseline.version, baseline.source, baseline.created, baseline.rows,
          baseline.columns, baseline.prediction);
}
template <typename Archive>
void Fields(Archive& archive, TestNumbers& test) {
  archive(test.statistic, test.p_value, test.p_adjusted);
}
template <typename Archive>
void Fields(Archive& archive, Measure& measure) {
  archive(measure.value, measure.lower, measure.upper);
}
template <typename Archive>
void Fields(Archive& archive, PairedHistogram& histogram) {
  archive(histogram.edges, histogram.categories, histogram.baseline, histogram.current,
          histogram.baseline_below, histogram.current_below, histogram.baseline_above,
          histogram.current_above, histogram.baseline_missing, histogram.current_missing);
}
template <typename Archive>
void Fields(Archive& archive, FeatureReport& feature) {
  archive(feature.name, feature.type, feature.rows, feature.baseline_rows, feature.missing_share,
          feature.baseline_missing_share, feature.ks, feature.chi2, feature.missing, feature.psi,
          feature.psi_critical, feature.wasserstein, feature.effect, feature.verdict,
          feature.reason, feature.histogram);
}
template <typename Archive>
void Fields(Archive& archive, ArmReport& arm) {
  archive(arm.arm, arm.model, arm.version, arm.rows, arm.labelled, arm.accuracy, arm.auc,
          arm.log_loss, arm.mean_absolute_error, arm.mean_prediction, arm.against_reference);
}
template <typename Archive>
void Fields(Archive& archive, PaneSpan& span) {
  archive(span.id, span.start, span.end);
}
template <typename Archive>
void Fields(Archive& archive, PaneReport& report) {
  archive(report.span, report.is_closed, report.rows, report.status, report.model, report.version,
          report.drifted_features, report.features, report.prediction, report.arms,
          report.evaluated);
}

namespace {

constexpr uint8_t kVersion = 1;

template <typename T>
std::string Encode(const T& value) {
  ArchiveWriter writer;
  writer(kVersion, value);
  return writer.Take();
}

template <typename T>
base::Result<T> Decode(std::string_view bytes, std::string what) {
  ArchiveReader reader(bytes);
  uint8_t version = 0;
  T value;
  reader(version);
  if (version != kVersion) {
    return base::DataLoss("stored by another version of the program", {"what", std::move(what)});
  }
  reader(value);
  if (!reader.ok()) return base::DataLoss("stored bytes are damaged", {"what", std::move(what)});
  return value;
}

}  // namespace

std::string EncodeBaseline(const Baseline& baseline) { return Encode(baseline); }
base::Result<Baseline> DecodeBaseline(std::string_view bytes) {
  return Decode<Baseline>(bytes, "baseline");
}
std::string EncodePane(const PaneReport& report) { return Encode(report); }
base::Result<PaneReport> DecodePane(std::string_view bytes) {
  return Decode<PaneReport>(bytes, "pane");
}
std::string EncodePaneOutline(const PaneReport& report) {
  PaneReport outline = report;
  std::erase_if(outline.features,
                [](const FeatureReport& feature) { return feature.verdict != Verdict::kDrift; });
  for (FeatureReport& feature : outline.features) feature.histogram = {};
  if (outline.prediction) outline.prediction->histogram = {};
  for (ArmReport& arm : outline.arms) {
    if (arm.against_reference) arm.against_reference->histogram = {};
  }
  return Encode(outline);
}

}  // namespace yard::monitoring
