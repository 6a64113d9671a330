#include "monitoring/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "stats/contingency.h"
#include "stats/distances.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/multiple_testing.h"
#include "stats/proportions.h"

namespace yard::monitoring {
namespace {

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? kNoNumber : static_cast<double>(part) / static_cast<double>(whole);
}

TestNumbers NumbersOf(const stats::TestResult& result) {
  return {result.statistic, result.p_value, kNoNumber};
}

// Every row of one side: the bins, then those below, above and missing.
std::vector<double> AllCells(const std::vector<double>& bins, double below, double above,
                             double missing) {
  std::vector<double> cells = bins;
  cells.insert(cells.end(), {below, above, missing});
  return cells;
}

void CompareBins(FeatureReport& report, double alpha) {
  const PairedHistogram& bins = report.histogram;
  const auto baseline =
      AllCells(bins.baseline, bins.baseline_below, bins.baseline_above, bins.baseline_missing);
  const auto current =
      AllCells(bins.current, bins.current_below, bins.current_above, bins.current_missing);
  report.chi2 = NumbersOf(stats::ChiSquareTwoSample(baseline, current).test);
  const auto stability = stats::CalibratedPopulationStability(baseline, current, alpha);
  report.psi = stability.value;
  report.psi_critical = stability.critical;
}

// Categories without the rows that are missing, which have a test of their own.
void CompareCategories(FeatureReport& report) {
  const PairedHistogram& bins = report.histogram;
  const auto baseline = AllCells(bins.baseline, 0, bins.baseline_above, 0);
  const auto current = AllCells(bins.current, 0, bins.current_above, 0);
  report.effect = stats::TotalVariation(baseline, current);
}

void CompareNumbers(const Tally& tally, FeatureReport& report) {
  const auto& reference = tally.reference().sorted;
  const std::vector<double> sample = tally.SortedSample();
  const auto test = stats::KolmogorovSmirnovSorted(reference, sample);
  report.ks = NumbersOf(test);
  report.effect = test.statistic;
  report.wasserstein = stats::WassersteinSorted(reference, sample);
  const bool has_one_value = !reference.empty() && !sample.empty() &&
                             reference.front() == reference.back() &&
                             sample.front() == sample.back() && reference[0] == sample[0];
  if (has_one_value) report.verdict = Verdict::kConstant;
}

std::string Number(double value) {
  std::array<char, 32> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
  return std::string(buffer.data(), static_cast<size_t>(length));
}

const TestNumbers& MainTest(const FeatureReport& report) {
  return report.type == FeatureType::kNumeric ? report.ks : report.chi2;
}
TestNumbers& MainTest(FeatureReport& report) {
  return report.type == FeatureType::kNumeric ? report.ks : report.chi2;
}

// One family: the main test and the missing test of every feature, as both can raise an alarm.
void AdjustDecidingTests(std::vector<FeatureReport>& reports) {
  std::vector<double> p_values;
  for (const auto& report : reports) {
    p_values.push_back(MainTest(report).p_value);
    p_values.push_back(report.missing.p_value);
  }
  const std::vector<double> adjusted = stats::BenjaminiHochberg(p_values);
  for (size_t i = 0; i < reports.size(); ++i) {
    MainTest(reports[i]).p_adjusted = adjusted[2 * i];
    reports[i].missing.p_adjusted = adjusted[2 * i + 1];
  }
}

// The chi-square of numbers is shown beside Kolmogorov-Smirnov and decides nothing.
void AdjustShownTests(std::vector<FeatureReport>& reports) {
  std::vector<double> p_values;
  for (const auto& report : reports) {
    p_values.push_back(report.type == FeatureType::kNumeric ? report.chi2.p_value : kNoNumber);
  }
  const std::vector<double> adjusted = stats::BenjaminiHochberg(p_values);
  for (size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].type == FeatureType::kNumeric) reports[i].chi2.p_adjusted = adjusted[i];
  }
}

std::string EffectName(const FeatureReport& report) {
  return report.type == FeatureType::kNumeric ? "KS D" : "total variation";
}

void JudgeOne(FeatureReport& report, const MonitorSettings& settings) {
  if (report.verdict == Verdict::kUndefined || !report.reason.empty()) return;
  if (report.rows < settings.minimum_rows || report.baseline_rows < settings.minimum_rows) {
    report.verdict = Verdict::kInsufficientData;
    report.reason = "fewer than " + std::to_string(settings.minimum_rows) + " rows";
    return;
  }
  const double missing_gap = report.missing_share - report.baseline_missing_share;
  const bool missing_drifts = report.missing.p_adjusted < settings.alpha &&
                              std::abs(missing_gap) >= settings.minimum_effect;
  if (missing_drifts) {
    report.verdict = Verdict::kDrift;
    report.reason = "share of missing values went from " + Number(report.baseline_missing_share) +
                    " to " + Number(report.missing_share);
    return;
  }
  if (report.verdict == Verdict::kConstant) {
    report.reason = "one and the same value on both sides";
    return;
  }
  const TestNumbers& test = MainTest(report);
  if (std::isnan(test.p_value)) {
    report.verdict = Verdict::kInsufficientData;
    report.reason = "no values to compare";
    return;
  }
  const bool significant = test.p_adjusted < settings.alpha;
  const bool large = report.effect >= settings.minimum_effect;
  const std::string effect = EffectName(report) + " " + Number(report.effect);
  const std::string p = "adjusted p " + Number(test.p_adjusted);
  report.verdict = significant && large ? Verdict::kDrift : Verdict::kStable;
  if (significant && large) {
    report.reason = effect + ", " + p;
  } else if (significant) {
    report.reason = effect + " is significant but below the minimum effect";
  } else {
    report.reason = effect + " is not significant (" + p + ")";
  }
}

}  // namespace

FeatureReport Compare(const Tally& tally, double alpha) {
  const ReferenceColumn& reference = tally.reference();
  FeatureReport report;
  report.name = reference.name;
  report.type = reference.type;
  report.rows = tally.rows();
  report.baseline_rows = reference.rows;
  report.missing_share = Share(tally.missing(), tally.rows());
  report.baseline_missing_share = Share(reference.missing, reference.rows);
  report.verdict = Verdict::kStable;
  report.histogram = tally.Histogram();
  const auto count = [](int64_t value) { return static_cast<size_t>(value); };
  report.missing =
      NumbersOf(stats::TwoProportionTest(count(tally.missing()), count(tally.rows()),
                                         count(reference.missing), count(reference.rows)));
  CompareBins(report, alpha);
  if (reference.type == FeatureType::kNumeric) {
    CompareNumbers(tally, report);
  } else {
    CompareCategories(report);
  }
  return report;
}

FeatureReport Incomparable(std::string name, FeatureType type, int64_t rows, Verdict verdict,
                           std::string reason) {
  FeatureReport report;
  report.name = std::move(name);
  report.type = type;
  report.rows = rows;
  report.verdict = verdict;
  report.reason = std::move(reason);
  return report;
}

void Judge(std::vector<FeatureReport>& reports, const MonitorSettings& settings) {
  AdjustDecidingTests(reports);
  AdjustShownTests(reports);
  for (auto& report : reports) JudgeOne(report, settings);
}

}  // namespace yard::monitoring
