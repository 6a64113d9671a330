#include "monitoring/codec.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace yard::monitoring {
namespace {

Baseline Example() {
  columnar::Table table;
  table.row_count = 4;
  table.columns.push_back({"x", columnar::Numbers{1, NAN, 3, 2}});
  table.columns.push_back({"c", columnar::Texts{"a", "b", std::nullopt, "a"}});
  Baseline baseline = MakeBaseline(table).value();
  baseline.model = "churn";
  baseline.version = "3";
  baseline.prediction = MakeReferenceColumn({"prediction", columnar::Numbers{0.1, 0.2, 0.3, 0.4}});
  return baseline;
}

TEST(Codec, GivesBackTheBaseline) {
  const Baseline baseline = Example();
  const auto decoded = DecodeBaseline(EncodeBaseline(baseline));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->model, "churn");
  EXPECT_EQ(decoded->columns[0].sorted, baseline.columns[0].sorted);
  EXPECT_EQ(decoded->columns[0].edges, baseline.columns[0].edges);
  EXPECT_EQ(decoded->columns[1].categories, baseline.columns[1].categories);
  EXPECT_EQ(decoded->prediction->counts, baseline.prediction->counts);
  EXPECT_EQ(EncodeBaseline(*decoded), EncodeBaseline(baseline));
}

TEST(Codec, RefusesEveryTruncation) {
  const std::string bytes = EncodeBaseline(Example());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeBaseline(std::string_view(bytes).substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeBaseline(bytes + "x").ok());
}

TEST(Codec, SurvivesEveryFlippedByte) {
  const std::string bytes = EncodeBaseline(Example());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
    (void)DecodeBaseline(damaged);
  }
}

TEST(Codec, KeepsDriftedFeaturesInThePanesOutline) {
  PaneReport report;
  report.span.id = "1997-10";
  report.features.resize(2);
  report.features[0].name = "a";
  report.features[0].verdict = Verdict::kDrift;
  report.features[0].histogram.current = {1, 2};
  report.features[1].verdict = Verdict::kStable;
  const auto outline = DecodePane(EncodePaneOutline(report));
  ASSERT_TRUE(outline.ok());
  ASSERT_EQ(outline->features.size(), 1u);
  EXPECT_TRUE(outline->features[0].histogram.current.empty());
  EXPECT_EQ(DecodePane(EncodePane(report))->features.size(), 2u);
}

}  // namespace
}  // namespace yard::monitoring
