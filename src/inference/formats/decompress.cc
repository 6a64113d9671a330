#include "inference/formats/decompress.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr size_t kChunkBytes = size_t{1} << 20;
// The libraries count input in 32 bits; they are fed in pieces.
constexpr size_t kMaxInputPiece = size_t{1} << 30;

base::Error Damaged(std::string_view format) {
  return base::InvalidArgument("compressed data is damaged", {"compression", std::string(format)})
      .WithReason("malformed_compression");
}

base::Error Truncated(std::string_view format) {
  return base::InvalidArgument("compressed data ends too early",
                               {"compression", std::string(format)})
      .WithReason("malformed_compression");
}

// Room for output that grows by chunks up to a limit.
class Output {
 public:
  explicit Output(size_t limit) : limit_(limit) {}

  // Space for more bytes. One byte over the limit may be asked for, to see whether the data ends.
  Result<std::pair<char*, size_t>> Room() {
    if (used_ > limit_) {
      return base::ResourceExhausted("compressed data expands to too many bytes",
                                     {"limit", std::to_string(limit_)})
          .WithReason("decompression_bomb");
    }
    const size_t wanted = std::min(std::max(kChunkBytes, used_), kMaxInputPiece);
    const size_t room = std::min(wanted, limit_ - used_ + 1);
    bytes_.resize(used_ + room);
    return std::pair(bytes_.data() + used_, room);
  }
  void Use(size_t count) { used_ += count; }
  Result<std::string> Finish() && {
    if (used_ > limit_) YARD_RETURN_IF_ERROR(Room());
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  size_t limit_;
  size_t used_ = 0;
  std::string bytes_;
};

// One streaming decoder: Next consumes from `input` and writes to `room`; true at the end of a
// stream.
template <typename Decoder>
Result<std::string> Run(std::string_view input, Output output) {
  Decoder decoder;
  YARD_RETURN_IF_ERROR(decoder.Start());
  while (true) {
    YARD_ASSIGN_OR_RETURN(const auto room, output.Room());
    const size_t before = input.size();
    YARD_ASSIGN_OR_RETURN(const auto step, decoder.Next(input, room.first, room.second));
    input.remove_prefix(step.consumed);
    output.Use(step.produced);
    if (!step.at_end) {
      const bool is_stuck = step.produced == 0 && step.consumed == 0;
      if (is_stuck || (before == 0 && step.produced < room.second))
        return Truncated(Decoder::kName);
      continue;
    }
    if (!decoder.HasNextMember(input)) return std::move(output).Finish();
    YARD_RETURN_IF_ERROR(decoder.Start());
  }
}

struct Step {
  size_t consumed = 0;
  size_t produced = 0;
  bool at_end = false;
};

template <int kWindowBits>
class ZlibDecoder {
 public:
  static constexpr std::string_view kName = kWindowBits > 16 ? "gzip" : "zlib";

  ZlibDecoder() = default;
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;
  ~ZlibDecoder() { inflateEnd(&stream_); }

  Result<void> Start() {
    inflateEnd(&stream_);
    stream_ = {};
    if (inflateInit2(&stream_, kWindowBits) != Z_OK) return base::Internal("zlib does not start");
    return {};
  }

  Result<Step> Next(std::string_view input, char* room, size_t size) {
    const size_t offered = std::min(input.size(), kMaxInputPiece);
    // zlib does not write to its input; its interface is older than const.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
    stream_.avail_in = static_cast<uInt>(offered);
    stream_.next_out = reinterpret_cast<Bytef*>(room);
    stream_.avail_out = static_cast<uInt>(size);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return Damaged(kName);
    return Step{offered - stream_.avail_in, size - stream_.avail_out, status == Z_STREAM_END};
  }

  bool HasNextMember(std::string_view rest) const {
    return kWindowBits > 16 && rest.starts_with("\x1f\x8b");
  }

 private:
  z_stream stream_{};
};

class Bzip2Decoder {
 public:
  static constexpr std::string_view kName = "bz2";

  Bzip2Decoder() = default;
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;
  ~Bzip2Decoder() { BZ2_bzDecompressEnd(&stream_); }

  Result<void> Start() {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) return base::Internal("bz2 does not start");
    return {};
  }

  Result<Step> Next(std::string_view input, char* room, size_t size) {
    const size_t offered = std::min(input.size(), kMaxInputPiece);
    stream_.next_in = const_cast<char*>(input.data());  // as for zlib
    stream_.avail_in = static_cast<unsigned>(offered);
    stream_.next_out = room;
    stream_.avail_out = static_cast<unsigned>(size);
    const int status = BZ2_bzDecompress(&stream_);
    if (status != BZ_OK && status != BZ_STREAM_END) return Damaged(kName);
    return Step{offered - stream_.avail_in, size - stream_.avail_out, status == BZ_STREAM_END};
  }

  bool HasNextMember(std::string_view rest) const { return rest.starts_with("BZh"); }

 private:
  bz_stream stream_{};
};

class LzmaDecoder {
 public:
  static constexpr std::string_view kName = "xz";

  LzmaDecoder() = default;
  LzmaDecoder(const LzmaDecoder&) = delete;
  LzmaDecoder& operator=(const LzmaDecoder&) = delete;
  ~LzmaDecoder() { lzma_end(&stream_); }

  Result<void> Start() {
    constexpr uint64_t kMaxMemoryBytes = uint64_t{256} << 20;
    lzma_end(&stream_);
    stream_ = LZMA_STREAM_INIT;
    if (lzma_auto_decoder(&stream_, kMaxMemoryBytes, 0) != LZMA_OK)
      return base::Internal("lzma does not start");
    return {};
  }

  Result<Step> Next(std::string_view input, char* room, size_t size) {
    stream_.next_in = reinterpret_cast<const uint8_t*>(input.data());
    stream_.avail_in = input.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(room);
    stream_.avail_out = size;
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    if (status == LZMA_MEMLIMIT_ERROR)
      return base::ResourceExhausted("an xz stream asks for too much memory")
          .WithReason("decompression_bomb");
    if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR)
      return Damaged(kName);
    return Step{input.size() - stream_.avail_in, size - stream_.avail_out,
                status == LZMA_STREAM_END};
  }

  bool HasNextMember(std::string_view rest) const {
    return rest.starts_with(
        std::string_view("\xfd"
                         "7zXZ\0",
                         6));
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

size_t OutputLimit(size_t input, const DecompressLimits& limits) {
  const bool overflows = input > std::numeric_limits<size_t>::max() / 2 / limits.max_ratio;
  const size_t by_ratio = overflows ? limits.max_bytes : input * limits.max_ratio;
  return std::min(limits.max_bytes, limits.free_bytes + by_ratio);
}

}  // namespace

Compression DetectCompression(std::string_view bytes) {
  struct Magic {
    std::string_view bytes;
    Compression compression;
  };
  using namespace std::string_view_literals;
  constexpr std::array<Magic, 10> kMagics = {{
      {"\x78\x01"sv, Compression::kZlib},
      {"\x78\x5e"sv, Compression::kZlib},
      {"\x78\x9c"sv, Compression::kZlib},
      {"\x78\xda"sv, Compression::kZlib},
      {"\x1f\x8b"sv, Compression::kGzip},
      {"BZh"sv, Compression::kBzip2},
      {"\xfd"
       "7zXZ"sv,
       Compression::kXz},
      {"\x5d\x00"sv, Compression::kLzma},
      {"\x04\x22\x4d\x18"sv, Compression::kLz4},
      {"ZF"sv, Compression::kAncientJoblib},
  }};
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.compression;
  }
  return Compression::kNone;
}

Result<std::string> Decompress(std::string_view bytes, Compression compression,
                               const DecompressLimits& limits) {
  constexpr int kZlibBits = 15;
  constexpr int kGzipBits = 15 + 16;
  Output output(OutputLimit(bytes.size(), limits));
  switch (compression) {
    case Compression::kNone:
      return std::string(bytes);
    case Compression::kZlib:
      return Run<ZlibDecoder<kZlibBits>>(bytes, std::move(output));
    case Compression::kGzip:
      return Run<ZlibDecoder<kGzipBits>>(bytes, std::move(output));
    case Compression::kBzip2:
      return Run<Bzip2Decoder>(bytes, std::move(output));
    case Compression::kXz:
    case Compression::kLzma:
      return Run<LzmaDecoder>(bytes, std::move(output));
    case Compression::kLz4:
      return base::Unimplemented(
                 "lz4 compression is not read; save the model with another compression")
          .WithReason("unsupported_compression");
    case Compression::kAncientJoblib:
      return base::Unimplemented("files of joblib before 0.10 are not read; save the model again")
          .WithReason("unsupported_compression");
  }
  return base::Internal("unknown compression");
}

Result<std::string> Inflate(std::string_view bytes, size_t size) {
  constexpr int kRawBits = -15;
  YARD_ASSIGN_OR_RETURN(std::string content, Run<ZlibDecoder<kRawBits>>(bytes, Output(size)));
  if (content.size() != size) return Damaged("deflate");
  return content;
}

}  // namespace yard::inference::formats
