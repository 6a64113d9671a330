#include "monitoring/comparison.h"

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "monitoring/baseline.h"
#include "monitoring/tally.h"

namespace yard::monitoring {
namespace {

columnar::Numbers Normal(size_t count, double mean, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(mean, 1);
  columnar::Numbers numbers(count);
  for (double& number : numbers) number = normal(random);
  return numbers;
}

columnar::Texts Repeat(std::vector<std::pair<std::string, size_t>> categories) {
  columnar::Texts texts;
  for (const auto& [text, count] : categories) texts.insert(texts.end(), count, text);
  return texts;
}

FeatureReport JudgeAlone(const columnar::Column& reference, const columnar::Column& current,
                         const MonitorSettings& settings = {}) {
  const ReferenceColumn column = MakeReferenceColumn(reference);
  Tally tally(column);
  if (const auto* numbers = std::get_if<columnar::Numbers>(&current.cells)) {
    for (const double number : *numbers) tally.AddNumber(number);
  } else {
    for (const auto& text : std::get<columnar::Texts>(current.cells)) tally.AddText(text);
  }
  std::vector<FeatureReport> reports = {Compare(tally, settings.alpha)};
  Judge(reports, settings);
  return reports.front();
}

FeatureReport JudgeNumbers(columnar::Numbers reference, columnar::Numbers current) {
  return JudgeAlone({"x", std::move(reference)}, {"x", std::move(current)});
}

TEST(Judge, FindsAShiftInEitherDirection) {
  for (const double shift : {-0.3, 0.3}) {
    const auto report = JudgeNumbers(Normal(5000, 0, 1), Normal(2000, shift, 2));
    EXPECT_EQ(report.verdict, Verdict::kDrift) << shift;
    EXPECT_GT(report.psi, report.psi_critical);
  }
}

TEST(Judge, IsNotFooledByOneOutlier) {
  auto current = Normal(20'000, 1, 2);
  current[7] = 1e6;
  EXPECT_EQ(JudgeNumbers(Normal(20'000, 0, 1), current).verdict, Verdict::kDrift);
  auto reference = Normal(20'000, 0, 1);
  reference[7] = 1e6;
  EXPECT_EQ(JudgeNumbers(reference, Normal(20'000, 1, 2)).verdict, Verdict::kDrift);
  EXPECT_EQ(JudgeNumbers(reference, Normal(20'000, 0, 2)).verdict, Verdict::kStable);
}

TEST(Judge, DoesNotAlarmForASignificantChangeThatIsTooSmall) {
  const auto report = JudgeNumbers(Normal(100'000, 0, 1), Normal(100'000, 0.05, 2));
  EXPECT_LT(report.ks.p_adjusted, 1e-6);
  EXPECT_EQ(report.verdict, Verdict::kStable);
}

TEST(Judge, AlarmsFalselyAtMostAsOftenAsAlphaAllows) {
  int alarms = 0;
  constexpr int kRepetitions = 200;
  for (int i = 0; i < kRepetitions; ++i) {
    const auto seed = static_cast<uint64_t>(i);
    const auto report = JudgeNumbers(Normal(1000, 0, 1000 + seed), Normal(100, 0, 5000 + seed));
    alarms += report.verdict == Verdict::kDrift ? 1 : 0;
  }
  EXPECT_LE(alarms, kRepetitions * 6 / 100);
}

TEST(Judge, RaisesNoAlarmAboutFiftyFeaturesThatDidNotChange) {
  int alarmed_panes = 0;
  constexpr int kPanes = 20;
  for (int pane = 0; pane < kPanes; ++pane) {
    std::vector<ReferenceColumn> columns;
    for (int i = 0; i < 50; ++i) {
      const auto seed = static_cast<uint64_t>(pane * 100 + i);
      columns.push_back(MakeReferenceColumn({"x", Normal(500, 0, seed)}));
    }
    std::vector<FeatureReport> reports;
    for (size_t i = 0; i < columns.size(); ++i) {
      Tally tally(columns[i]);
      for (const double x : Normal(200, 0, 90'000 + static_cast<uint64_t>(pane) * 100 + i)) {
        tally.AddNumber(x);
      }
      reports.push_back(Compare(tally, 0.05));
    }
    MonitorSettings settings;
    settings.minimum_effect = 0;  // the significance alone must hold
    Judge(reports, settings);
    bool alarmed = false;
    for (const auto& report : reports) alarmed = alarmed || report.verdict == Verdict::kDrift;
    alarmed_panes += alarmed ? 1 : 0;
  }
  EXPECT_LE(alarmed_panes, 3);
}

TEST(Judge, TakesAChangeOfTheMissingShareAsDrift) {
  columnar::Numbers reference = Normal(2000, 0, 1), current = Normal(2000, 0, 2);
  for (size_t i = 0; i < 600; ++i) current[i] = NAN;
  const auto report = JudgeNumbers(reference, current);
  EXPECT_EQ(report.verdict, Verdict::kDrift);
  EXPECT_NEAR(report.missing_share, 0.3, 1e-12);
  EXPECT_LT(report.ks.statistic, 0.1);
}

TEST(Judge, DoesNotAlarmForOneUnseenCategory) {
  const auto report = JudgeAlone({"c", Repeat({{"a", 500}, {"b", 500}})},
                                 {"c", Repeat({{"a", 500}, {"b", 499}, {"new", 1}})});
  EXPECT_EQ(report.verdict, Verdict::kStable);
  EXPECT_EQ(report.histogram.current_above, 1);
}

TEST(Judge, FindsAShiftOfCategories) {
  const auto report =
      JudgeAlone({"c", Repeat({{"a", 500}, {"b", 500}})}, {"c", Repeat({{"a", 300}, {"b", 700}})});
  EXPECT_EQ(report.verdict, Verdict::kDrift);
  EXPECT_NEAR(report.effect, 0.2, 1e-12);
}

TEST(Judge, NamesWhyThereIsNoVerdict) {
  const auto none = JudgeNumbers(Normal(1000, 0, 1), columnar::Numbers(500, NAN));
  EXPECT_EQ(none.verdict, Verdict::kDrift);  // everything is missing now
  const auto few = JudgeNumbers(Normal(1000, 0, 1), Normal(99, 5, 2));
  EXPECT_EQ(few.verdict, Verdict::kInsufficientData);
  const auto constant = JudgeNumbers(columnar::Numbers(500, 3.0), columnar::Numbers(500, 3.0));
  EXPECT_EQ(constant.verdict, Verdict::kConstant);
  const auto absent = JudgeNumbers(columnar::Numbers(500, NAN), columnar::Numbers(500, NAN));
  EXPECT_EQ(absent.verdict, Verdict::kInsufficientData);
  const auto changed = JudgeNumbers(columnar::Numbers(500, 3.0), columnar::Numbers(500, 4.0));
  EXPECT_EQ(changed.verdict, Verdict::kDrift);
  const auto infinite = JudgeNumbers(Normal(1000, 0, 1), columnar::Numbers(500, INFINITY));
  EXPECT_EQ(infinite.verdict, Verdict::kDrift);
}

TEST(MakeReferenceColumn, GivesAFrequentSmallestValueABinOfItsOwn) {
  columnar::Numbers numbers(600, 1.0);
  for (int i = 0; i < 400; ++i) numbers.push_back(2 + i % 10);
  const ReferenceColumn column = MakeReferenceColumn({"x", numbers});
  EXPECT_EQ(column.edges[0], 1);
  EXPECT_EQ(column.edges[1], 1);
  EXPECT_EQ(column.counts[0], 600);
  EXPECT_EQ(column.BinOf(1.0), 0u);
  EXPECT_EQ(column.BinOf(0.5), kBelow);
  EXPECT_EQ(column.BinOf(11.5), kAbove);
}

TEST(MakeReferenceColumn, KeepsASampleOfALargeColumn) {
  const ReferenceColumn column = MakeReferenceColumn({"x", Normal(150'000, 0, 1)});
  EXPECT_EQ(column.sorted.size(), kSampleLimit);
  EXPECT_EQ(column.rows, 150'000);
  int64_t counted = 0;
  for (const int64_t count : column.counts) counted += count;
  EXPECT_EQ(counted, 150'000);
}

TEST(Tally, AddsUpWhateverTheOrder) {
  const ReferenceColumn column = MakeReferenceColumn({"x", Normal(1000, 0, 1)});
  auto numbers = Normal(500, 0.2, 2);
  Tally forward(column), backward(column);
  for (const double x : numbers) forward.AddNumber(x);
  for (auto x = numbers.rbegin(); x != numbers.rend(); ++x) backward.AddNumber(*x);
  EXPECT_EQ(forward.Histogram().current, backward.Histogram().current);
  EXPECT_EQ(Compare(forward, 0.05).ks.p_value, Compare(backward, 0.05).ks.p_value);
}

}  // namespace
}  // namespace yard::monitoring
