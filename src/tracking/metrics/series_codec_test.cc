#include "tracking/metrics/series_codec.h"

#include <bit>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tracking/metrics/chunk_header.h"
#include "tracking/metrics/segment.h"

namespace yard::tracking {
namespace {

using ::testing::SizeIs;

void ExpectSame(const std::vector<StoredPoint>& a, const std::vector<StoredPoint>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].step, b[i].step);
    EXPECT_EQ(a[i].time, b[i].time);
    EXPECT_EQ(std::bit_cast<uint64_t>(a[i].value), std::bit_cast<uint64_t>(b[i].value));
  }
}

std::vector<StoredPoint> Series(size_t count, double (*value)(size_t)) {
  std::vector<StoredPoint> points;
  for (size_t i = 0; i < count; ++i) {
    const auto at = static_cast<int64_t>(i);
    points.push_back({at, 1'700'000'000'000 + at * 1000 + at % 3, value(i)});
  }
  return points;
}

double Accuracy(size_t i) { return static_cast<double>(i % 1000) / 1000; }
double Loss(size_t i) { return 1.0 / (1.0 + static_cast<double>(i) / 7); }
double Special(size_t i) {
  constexpr double kSpecial[] = {0.0,
                                 -0.0,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN(),
                                 1e300};
  return kSpecial[i % 6];
}

TEST(SeriesCodecTest, GivesBackEveryChunkToTheBit) {
  for (const auto value : {Accuracy, Loss, Special}) {
    for (const size_t count : {size_t{1}, size_t{2}, size_t{1000}, kMaxChunkPoints}) {
      const auto points = Series(count, value);
      const auto decoded = DecodeChunk(EncodeChunk(points));
      ASSERT_TRUE(decoded.ok()) << decoded.error().ToString();
      ExpectSame(*decoded, points);
    }
  }
}

TEST(SeriesCodecTest, GivesBackExtremeStepsAndTimes) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::vector<StoredPoint> points = {{kMin, kMax, 1}, {kMax, kMin, 2}, {0, 0, 3}};
  ExpectSame(*DecodeChunk(EncodeChunk(points)), points);
}

TEST(SeriesCodecTest, StoresDecimalsInAFractionOfTheSpace) {
  const auto points = Series(kMaxChunkPoints, Accuracy);
  EXPECT_LT(EncodeChunk(points).size(), 2 * points.size());
}

TEST(SeriesCodecTest, GivesBackAPack) {
  const std::vector<PackedSeries> pack = {{7, Series(3, Loss)}, {9, Series(1, Special)}, {11, {}}};
  const auto decoded = DecodePack(EncodePack(pack));
  ASSERT_TRUE(decoded.ok());
  ASSERT_THAT(*decoded, SizeIs(3));
  for (size_t i = 0; i < pack.size(); ++i) {
    EXPECT_EQ((*decoded)[i].key, pack[i].key);
    ExpectSame((*decoded)[i].points, pack[i].points);
  }
}

TEST(SeriesCodecTest, RefusesEveryTruncation) {
  const std::string chunk = EncodeChunk(Series(100, Loss));
  const std::vector<PackedSeries> series = {{7, Series(30, Loss)}};
  const std::string pack = EncodePack(series);
  for (size_t size = 0; size < chunk.size(); ++size) {
    EXPECT_FALSE(DecodeChunk(chunk.substr(0, size)).ok());
  }
  for (size_t size = 0; size < pack.size(); ++size) {
    EXPECT_FALSE(DecodePack(pack.substr(0, size)).ok());
  }
}

TEST(SegmentTest, GivesBackItsPointsAndRefusesTruncation) {
  const std::vector<LoggedPoint> points = {{3, 1, {0, 1'700'000'000'000, 0.5}},
                                           {2, 9, {-5, 1'700'000'000'001, Special(4)}}};
  const std::string bytes = EncodeSegment(points);
  const auto decoded = DecodeSegment(bytes);
  ASSERT_TRUE(decoded.ok());
  ASSERT_THAT(*decoded, SizeIs(2));
  EXPECT_EQ((*decoded)[1].run, 2);
  EXPECT_EQ((*decoded)[1].key, 9);
  EXPECT_EQ((*decoded)[1].point.step, -5);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeSegment(std::string_view(bytes).substr(0, size)).ok());
  }
}

TEST(ChunkHeaderTest, KnowsEndsAndExtremes) {
  const std::vector<StoredPoint> points = {
      {0, 0, std::numeric_limits<double>::quiet_NaN()}, {1, 1, 5}, {2, 2, -5}, {3, 3, 1}};
  const auto extremes = DecodeExtremes(EncodeExtremes(ExtremesOf(points)));
  ASSERT_TRUE(extremes.ok());
  EXPECT_TRUE(std::isnan(extremes->first.value));
  EXPECT_EQ(extremes->last.value, 1);
  EXPECT_EQ(extremes->least.value, -5);
  EXPECT_EQ(extremes->greatest.step, 1);
}

}  // namespace
}  // namespace yard::tracking
