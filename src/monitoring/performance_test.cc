#include "monitoring/performance.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace yard::monitoring {
namespace {

serving::PredictionRecord Classified(const std::vector<std::string>& classes, std::string text,
                                     std::optional<double> score) {
  auto source = std::make_shared<serving::PredictionSource>();
  source->is_classifier = true;
  source->classes = classes;
  serving::PredictionRecord record;
  record.source = std::move(source);
  record.value = NAN;
  record.text = std::move(text);
  record.score = score;
  return record;
}

TEST(Performance, MeasuresTwoClassesWithScores) {
  Performance performance;
  const std::vector<std::string> classes = {"no", "yes"};
  performance.Add(Classified(classes, "yes", 0.9), "yes");
  performance.Add(Classified(classes, "yes", 0.6), "no");
  performance.Add(Classified(classes, "no", 0.4), "yes");
  performance.Add(Classified(classes, "no", 0.1), "no");
  ArmReport report;
  performance.Measure(report);
  EXPECT_EQ(report.labelled, 4);
  EXPECT_EQ(report.accuracy.value, 0.5);
  EXPECT_EQ(report.auc.value, 0.75);
  EXPECT_NEAR(report.log_loss.value, -(2 * std::log(0.9) + 2 * std::log(0.4)) / 4, 1e-12);
  EXPECT_TRUE(std::isnan(report.mean_absolute_error.value));
}

TEST(Performance, MeasuresManyClassesByAccuracyOnly) {
  Performance performance;
  performance.Add(Classified({"a", "b", "c"}, "c", 0.9), "c");
  ArmReport report;
  performance.Measure(report);
  EXPECT_EQ(report.accuracy.value, 1);
  EXPECT_TRUE(std::isnan(report.auc.value));
}

TEST(Performance, MeasuresRegressorsByTheirError) {
  auto source = std::make_shared<serving::PredictionSource>();
  serving::PredictionRecord record;
  record.source = source;
  record.value = 3;
  Performance performance;
  performance.Add(record, "5");
  performance.Add(record, "2");
  ArmReport report;
  performance.Measure(report);
  EXPECT_EQ(report.mean_absolute_error.value, 1.5);
  EXPECT_TRUE(std::isnan(report.accuracy.value));
}

TEST(LabelEquals, ComparesByMeaning) {
  EXPECT_TRUE(LabelEquals("1", "1.0"));
  EXPECT_TRUE(LabelEquals("1", "true"));
  EXPECT_TRUE(LabelEquals("spam", "spam"));
  EXPECT_FALSE(LabelEquals("1", "0"));
  EXPECT_FALSE(LabelEquals("spam", "Spam"));
}

}  // namespace
}  // namespace yard::monitoring
