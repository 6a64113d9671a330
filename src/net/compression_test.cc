#include "net/compression.h"

#include <deque>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace yard::net {
namespace {

bool Accepts(std::string value) {
  Headers headers;
  headers.Add("Accept-Encoding", std::move(value));
  return AcceptsGzip(headers);
}

std::string Text(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}

/// Hands out prepared pieces.
class Pieces final : public BodyReader {
 public:
  Pieces(std::string_view bytes, size_t piece_size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
      pieces_.emplace_back(bytes.substr(0, piece_size));
  }
  base::Result<std::string_view> Next() override {
    if (pieces_.empty()) return std::string_view();
    current_ = std::move(pieces_.front());
    pieces_.pop_front();
    return std::string_view(current_);
  }

 private:
  std::deque<std::string> pieces_;
  std::string current_;
};

base::Result<std::string> ReadAll(BodyReader& reader) {
  std::string all;
  for (;;) {
    YARD_ASSIGN_OR_RETURN(const std::string_view piece, reader.Next());
    if (piece.empty()) return all;
    all += piece;
  }
}

TEST(AcceptsGzipTest, ReadsQualityValues) {
  EXPECT_TRUE(Accepts("gzip, deflate, br"));
  EXPECT_TRUE(Accepts("br;q=1.0, GZIP;q=0.2"));
  EXPECT_TRUE(Accepts("*"));
  EXPECT_FALSE(Accepts("gzip;q=0, *"));
  EXPECT_FALSE(Accepts("gzip;q=0.000"));
  EXPECT_FALSE(Accepts("br"));
  EXPECT_FALSE(Accepts(""));
  EXPECT_FALSE(AcceptsGzip({}));
}

TEST(IsCompressibleTest, KnowsTextFromTheRest) {
  for (const std::string_view type : {"application/json", "Text/HTML; charset=utf-8",
                                      "application/problem+json", "image/svg+xml"})
    EXPECT_TRUE(IsCompressible(type)) << type;
  for (const std::string_view type :
       {"", "image/png", "application/octet-stream", "text/event-stream"})
    EXPECT_FALSE(IsCompressible(type)) << type;
}

TEST(GzipTest, ComesBackAsItWas) {
  for (const size_t size : {0u, 1u, 1000u, 70'000u, 3'000'000u}) {
    const std::string text = Text(size);
    const auto back = Gunzip(Gzip(text), text.size());
    ASSERT_TRUE(back.ok()) << size;
    EXPECT_EQ(*back, text) << size;
  }
}

TEST(GunzipTest, StopsABomb) {
  const std::string bomb = Gzip(std::string(50'000'000, '\0'));
  ASSERT_LT(bomb.size(), 300'000u);
  EXPECT_EQ(Gunzip(bomb, 1'000'000).error().code(), base::Code::kResourceExhausted);
}

TEST(GunzipTest, RefusesCorruptAndTruncatedData) {
  std::string packed = Gzip(Text(5000));
  EXPECT_EQ(Gunzip(packed.substr(0, packed.size() - 1), 1'000'000).error().code(),
            base::Code::kInvalidArgument);
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  EXPECT_EQ(Gunzip(packed, 1'000'000).error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(Gunzip("no gzip", 1'000'000).error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(Gunzip("", 1'000'000).error().code(), base::Code::kInvalidArgument);
}

TEST(GunzipTest, ReadsSeveralMembers) {
  EXPECT_EQ(*Gunzip(Gzip("first ") + Gzip("second"), 100), "first second");
}

class GunzipReaderTest : public testing::TestWithParam<size_t> {};

TEST_P(GunzipReaderTest, UnpacksPiecesOfAnySize) {
  const std::string text = Text(400'000);
  const auto reader =
      MakeGunzipReader(std::make_shared<Pieces>(Gzip(text), GetParam()), text.size());
  const auto back = ReadAll(*reader);
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(*back, text);
}

TEST_P(GunzipReaderTest, FailsOnATruncatedStream) {
  const std::string packed = Gzip(Text(400'000));
  const auto reader = MakeGunzipReader(
      std::make_shared<Pieces>(std::string_view(packed).substr(0, packed.size() - 9), GetParam()),
      1'000'000);
  EXPECT_EQ(ReadAll(*reader).error().code(), base::Code::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Sizes, GunzipReaderTest, testing::Values(1, 7, 1000, 1'000'000));

}  // namespace
}  // namespace yard::net
