#include "net/compression.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <zlib.h>

namespace yard::net {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;
constexpr int kGzipFlag = 16;  // added to the window bits: gzip instead of zlib framing

/// The next member of a comma-separated header value; `list` loses it.
std::string_view TakeMember(std::string_view& list) {
  const size_t end = std::min(list.find(','), list.size());
  const std::string_view member = TrimSpaces(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return member;
}

/// Whether "gzip;q=0.5" has a weight above zero.
bool IsWanted(std::string_view member) {
  const size_t weight = member.find("q=");
  if (weight == std::string_view::npos) return true;
  const std::string_view digits = member.substr(weight + 2);
  return digits.find_first_of("123456789") != std::string_view::npos;
}

Bytef* InputOf(std::string_view bytes) {
  // zlib's interface predates const; it does not write to its input.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

/// Window bits that cover a body of that size: small bodies need little memory.
int WindowBits(size_t size) {
  int bits = 9;
  while (bits < 15 && (size_t{1} << bits) < size) ++bits;
  return bits;
}

/// Owns an inflate state over gzip data that arrives in pieces.
class Inflater {
 public:
  explicit Inflater(uint64_t limit_bytes) : remaining_(limit_bytes) {
    ready_ = inflateInit2(&stream_, 15 + kGzipFlag) == Z_OK;
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  void Offer(std::string_view bytes) {
    stream_.next_in = InputOf(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
  }
  /// False while input or unpacked bytes are left inside.
  bool wants_input() const { return stream_.avail_in == 0 && !output_was_full_; }
  bool ended() const { return ended_; }

  /// Appends up to a piece of unpacked bytes to `out`, or nothing when more input is needed.
  base::Result<void> Unpack(std::string& out) {
    if (!ready_) return base::Internal("zlib could not be set up");
    if (ended_) return Restart();
    std::array<char, kPieceBytes> piece;  // not cleared: input may come byte by byte
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = piece.size();
    const int status = inflate(&stream_, Z_NO_FLUSH);
    const size_t made = piece.size() - stream_.avail_out;
    output_was_full_ = stream_.avail_out == 0;
    out.append(piece.data(), made);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return base::InvalidArgument("the gzip body is corrupt").WithReason("bad_gzip");
    if (made > remaining_)
      return base::ResourceExhausted("the unpacked body is over the limit")
          .WithReason("body_too_large");
    remaining_ -= made;
    ended_ = status == Z_STREAM_END;
    return {};
  }

 private:
  /// A gzip file may hold several members, one after the other.
  base::Result<void> Restart() {
    if (inflateReset(&stream_) != Z_OK) return base::Internal("zlib could not be reset");
    ended_ = false;
    return {};
  }

  z_stream stream_{};
  uint64_t remaining_;
  bool ready_ = false;
  bool ended_ = false;
  bool output_was_full_ = false;
};

base::Error Truncated() {
  return base::InvalidArgument("the gzip body is truncated").WithReason("bad_gzip");
}

class GunzipReader final : public BodyReader {
 public:
  GunzipReader(std::shared_ptr<BodyReader> source, uint64_t limit_bytes)
      : source_(std::move(source)), inflater_(limit_bytes) {}

  base::Result<std::string_view> Next() override {
    piece_.clear();
    while (piece_.empty()) {
      if (inflater_.wants_input()) {
        YARD_ASSIGN_OR_RETURN(const std::string_view packed, source_->Next());
        if (packed.empty() && inflater_.ended()) return std::string_view();
        if (packed.empty()) return Truncated();
        inflater_.Offer(packed);
      }
      YARD_RETURN_IF_ERROR(inflater_.Unpack(piece_));
    }
    return std::string_view(piece_);
  }

 private:
  std::shared_ptr<BodyReader> source_;
  Inflater inflater_;
  std::string piece_;
};

}  // namespace

bool AcceptsGzip(const Headers& headers) {
  std::string_view list = headers.Get("Accept-Encoding").value_or("");
  bool by_wildcard = false;
  while (!list.empty()) {
    const std::string_view member = TakeMember(list);
    const std::string_view coding = TrimSpaces(member.substr(0, member.find(';')));
    if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip"))
      return IsWanted(member);
    if (coding == "*") by_wildcard = IsWanted(member);
  }
  return by_wildcard;
}

bool IsCompressible(std::string_view content_type) {
  const std::string type = ToLowerCase(TrimSpaces(content_type.substr(0, content_type.find(';'))));
  if (type == "text/event-stream") return false;
  static constexpr std::array<std::string_view, 6> kTypes = {
      "application/json",     "application/javascript", "application/xml",
      "application/x-ndjson", "image/svg+xml",          "application/yaml"};
  return type.starts_with("text/") || type.ends_with("+json") ||
         std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::string Gzip(std::string_view bytes) {
  const int window_bits = WindowBits(bytes.size());
  const int memory_level = std::clamp(window_bits - 7, 1, 8);
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits + kGzipFlag, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = InputOf(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(status == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

base::Result<std::string> Gunzip(std::string_view bytes, uint64_t limit_bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max())
    return base::ResourceExhausted("the body is too large to unpack at once");
  Inflater inflater(limit_bytes);
  inflater.Offer(bytes);
  std::string unpacked;
  for (;;) {
    const size_t before = unpacked.size();
    YARD_RETURN_IF_ERROR(inflater.Unpack(unpacked));
    if (!inflater.wants_input()) continue;
    if (inflater.ended()) return unpacked;
    if (unpacked.size() == before) return Truncated();
  }
}

std::shared_ptr<BodyReader> MakeGunzipReader(std::shared_ptr<BodyReader> source,
                                             uint64_t limit_bytes) {
  return std::make_shared<GunzipReader>(std::move(source), limit_bytes);
}

}  // namespace yard::net
