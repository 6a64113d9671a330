#include "inference/formats/decompress.h"

#include <bzlib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>

namespace yard::inference::formats {
namespace {

std::string Zlib(const std::string& content) {
  uLongf size = compressBound(content.size());
  std::string bytes(size, '\0');
  compress(reinterpret_cast<Bytef*>(bytes.data()), &size,
           reinterpret_cast<const Bytef*>(content.data()), content.size());
  bytes.resize(size);
  return bytes;
}

std::string Bzip2(std::string content) {
  auto size = static_cast<unsigned>(content.size() + 1000);
  std::string bytes(size, '\0');
  BZ2_bzBuffToBuffCompress(bytes.data(), &size, content.data(),
                           static_cast<unsigned>(content.size()), 9, 0, 0);
  bytes.resize(size);
  return bytes;
}

std::string Xz(const std::string& content) {
  size_t size = 0;
  std::string bytes(content.size() + 1000, '\0');
  lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr,
                          reinterpret_cast<const uint8_t*>(content.data()), content.size(),
                          reinterpret_cast<uint8_t*>(bytes.data()), &size, bytes.size());
  bytes.resize(size);
  return bytes;
}

struct Sample {
  Compression compression;
  std::string bytes;
};

std::vector<Sample> Samples(const std::string& content) {
  return {{Compression::kZlib, Zlib(content)},
          {Compression::kBzip2, Bzip2(content)},
          {Compression::kXz, Xz(content)}};
}

TEST(DecompressTest, ReadsWhatEachLibraryWrites) {
  const std::string content(3'000'000, 'a');
  for (const Sample& sample : Samples(content)) {
    EXPECT_EQ(DetectCompression(sample.bytes), sample.compression);
    const auto read = Decompress(sample.bytes, sample.compression);
    ASSERT_TRUE(read.ok()) << read.error().ToString();
    EXPECT_TRUE(*read == content);
  }
}

TEST(DecompressTest, StopsBombsAtTheLimit) {
  const DecompressLimits limits{.max_bytes = 1'000'000, .max_ratio = 1'000'000, .free_bytes = 1};
  for (const Sample& sample : Samples(std::string(1'000'001, 'a'))) {
    const auto read = Decompress(sample.bytes, sample.compression, limits);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code(), base::Code::kResourceExhausted);
  }
  for (const Sample& sample : Samples(std::string(1'000'000, 'a')))
    EXPECT_TRUE(Decompress(sample.bytes, sample.compression, limits).ok());
}

TEST(DecompressTest, StopsAtTheRatio) {
  const DecompressLimits limits{.max_bytes = 1 << 30, .max_ratio = 2, .free_bytes = 1000};
  for (const Sample& sample : Samples(std::string(5'000'000, 'a')))
    EXPECT_FALSE(Decompress(sample.bytes, sample.compression, limits).ok());
}

TEST(DecompressTest, RefusesTruncatedAndDamagedData) {
  for (const Sample& sample : Samples("a model that is not very long, but long enough")) {
    for (size_t length = 0; length < sample.bytes.size(); ++length) {
      const auto part = std::string_view(sample.bytes).substr(0, length);
      EXPECT_FALSE(Decompress(part, sample.compression).ok()) << length;
    }
    std::string damaged = sample.bytes;
    damaged[damaged.size() / 2] ^= 0x55;
    EXPECT_FALSE(Decompress(damaged, sample.compression).ok());
  }
}

TEST(DecompressTest, NamesWhatItDoesNotRead) {
  EXPECT_EQ(Decompress("\x04\x22\x4d\x18", Compression::kLz4).error().code(),
            base::Code::kUnimplemented);
  EXPECT_EQ(DetectCompression("ZF0x1"), Compression::kAncientJoblib);
}

TEST(DecompressTest, InflatesToExactlyTheSizeThatWasPromised) {
  const std::string wrapped = Zlib("hello hello hello");
  const std::string_view raw = std::string_view(wrapped).substr(2, wrapped.size() - 6);
  EXPECT_EQ(Inflate(raw, 17).value_or("?"), "hello hello hello");
  EXPECT_FALSE(Inflate(raw, 16).ok());
  EXPECT_FALSE(Inflate(raw, 18).ok());
}

}  // namespace
}  // namespace yard::inference::formats
