#include "net/byte_ranges.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(ByteRangesTest, ReadsEveryForm) {
  EXPECT_THAT(ParseRanges("bytes=2-5", 10), Optional(ElementsAre(ByteRange{2, 4})));
  EXPECT_THAT(ParseRanges("bytes=7-", 10), Optional(ElementsAre(ByteRange{7, 3})));
  EXPECT_THAT(ParseRanges("bytes=-3", 10), Optional(ElementsAre(ByteRange{7, 3})));
  EXPECT_THAT(ParseRanges("Bytes=0-1, 4-5", 10),
              Optional(ElementsAre(ByteRange{0, 2}, ByteRange{4, 2})));
}

TEST(ByteRangesTest, CutsRangesAtTheEnd) {
  EXPECT_THAT(ParseRanges("bytes=5-999", 10), Optional(ElementsAre(ByteRange{5, 5})));
  EXPECT_THAT(ParseRanges("bytes=-999", 10), Optional(ElementsAre(ByteRange{0, 10})));
  EXPECT_THAT(ParseRanges("bytes=9-99999999999999999999999", 10),
              Optional(ElementsAre(ByteRange{9, 1})));
}

TEST(ByteRangesTest, DropsUnsatisfiableRanges) {
  EXPECT_THAT(ParseRanges("bytes=50-60", 10), Optional(IsEmpty()));
  EXPECT_THAT(ParseRanges("bytes=-0", 10), Optional(IsEmpty()));
  EXPECT_THAT(ParseRanges("bytes=0-", 0), Optional(IsEmpty()));
  EXPECT_THAT(ParseRanges("bytes=10-,0-0", 10), Optional(ElementsAre(ByteRange{0, 1})));
}

TEST(ByteRangesTest, IgnoresWhatIsNoRange) {
  for (const std::string_view header :
       {"", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=5-2", "bytes=--1", "bytes=1-2-3",
        "bytes=-", "bytes=1", "lines=1-2", "bytes=0x1-2", "bytes=+1-2"})
    EXPECT_EQ(ParseRanges(header, 10), std::nullopt) << header;
}

TEST(ByteRangesTest, IgnoresTooManyRanges) {
  std::string header = "bytes=0-0";
  for (size_t i = 1; i < kMaxRanges; ++i) header += ",0-0";
  EXPECT_TRUE(ParseRanges(header, 10).has_value());
  EXPECT_FALSE(ParseRanges(header + ",0-0", 10).has_value());
}

}  // namespace
}  // namespace yard::net
