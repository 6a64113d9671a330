#include "tracking/metrics/series_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <zstd.h>

#include "tracking/metrics/bytes.h"

namespace yard::tracking {
namespace {

constexpr uint8_t kChunkVersion = 1;
constexpr uint8_t kPackVersion = 1;
constexpr int kZstdLevel = 1;
// A pack of the merger has far fewer points; this bounds what damaged bytes can ask for.
constexpr size_t kMaxUncompressed = size_t{256} << 20;
constexpr size_t kPlanes = sizeof(uint64_t);
constexpr size_t kBytesPerPoint = 3 * kPlanes;
constexpr uint8_t kRawValues = 0xFF;
constexpr std::array<double, 7> kPowersOfTen = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
constexpr double kMaxExactInteger = 9007199254740992.0;  // 2^53

base::Error Damaged() {
  return base::DataLoss("a chunk of metric points is damaged").WithReason("damaged_chunk");
}

// --- one column of 64-bit numbers as eight planes of bytes

void AppendPlanes(std::span<const uint64_t> numbers, std::string& bytes) {
  for (size_t plane = 0; plane < kPlanes; ++plane) {
    const auto shift = static_cast<unsigned>(8 * plane);
    for (const uint64_t number : numbers) bytes += static_cast<char>((number >> shift) & 0xFF);
  }
}

std::vector<uint64_t> ReadPlanes(std::string_view planes) {
  const size_t count = planes.size() / kPlanes;
  std::vector<uint64_t> numbers(count, 0);
  for (size_t plane = 0; plane < kPlanes; ++plane) {
    const auto shift = static_cast<unsigned>(8 * plane);
    const char* bytes = planes.data() + plane * count;
    for (size_t i = 0; i < count; ++i) {
      numbers[i] |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << shift;
    }
  }
  return numbers;
}

// --- integers as differences of differences

class SecondDifferences {
 public:
  uint64_t Encode(int64_t value) {
    const int64_t difference = WrappingSubtract(value, previous_);
    const int64_t second = WrappingSubtract(difference, previous_difference_);
    previous_ = value;
    previous_difference_ = difference;
    return ZigZag(second);
  }
  int64_t Decode(uint64_t code) {
    previous_difference_ = WrappingAdd(previous_difference_, UnZigZag(code));
    previous_ = WrappingAdd(previous_, previous_difference_);
    return previous_;
  }

 private:
  int64_t previous_ = 0;
  int64_t previous_difference_ = 0;
};

// --- values as decimals

std::optional<int64_t> AsDecimal(double value, double power) {
  const double scaled = std::round(value * power);
  if (!(std::abs(scaled) < kMaxExactInteger)) return std::nullopt;  // NaN and infinities too
  const double back = scaled / power;
  if (std::bit_cast<uint64_t>(back) != std::bit_cast<uint64_t>(value)) return std::nullopt;
  return static_cast<int64_t>(scaled);
}

bool AreDecimals(std::span<const StoredPoint> points, double power) {
  return std::all_of(points.begin(), points.end(), [power](const StoredPoint& point) {
    // A negative zero would come back positive.
    return !(point.value == 0 && std::signbit(point.value)) &&
           AsDecimal(point.value, power).has_value();
  });
}

uint8_t ValueMode(std::span<const StoredPoint> points) {
  for (size_t k = 0; k < kPowersOfTen.size(); ++k) {
    if (AreDecimals(points, kPowersOfTen[k])) return static_cast<uint8_t>(k);
  }
  return kRawValues;
}

std::vector<uint64_t> ValueCodes(std::span<const StoredPoint> points, uint8_t mode) {
  std::vector<uint64_t> codes;
  codes.reserve(points.size());
  int64_t previous = 0;
  for (const StoredPoint& point : points) {
    if (mode == kRawValues) {
      codes.push_back(std::bit_cast<uint64_t>(WithOneNan(point.value)));
      continue;
    }
    const int64_t decimal = AsDecimal(point.value, kPowersOfTen[mode]).value_or(0);
    codes.push_back(ZigZag(WrappingSubtract(decimal, previous)));
    previous = decimal;
  }
  return codes;
}

void RestoreValues(std::span<const uint64_t> codes, uint8_t mode, std::span<StoredPoint> points) {
  int64_t previous = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    if (mode == kRawValues) {
      points[i].value = WithOneNan(std::bit_cast<double>(codes[i]));
      continue;
    }
    previous = WrappingAdd(previous, UnZigZag(codes[i]));
    points[i].value = static_cast<double>(previous) / kPowersOfTen[mode];
  }
}

// --- a series as planes: steps, times, values

void AppendSeries(std::span<const StoredPoint> points, uint8_t mode, std::string& planes) {
  std::vector<uint64_t> steps;
  std::vector<uint64_t> times;
  steps.reserve(points.size());
  times.reserve(points.size());
  SecondDifferences step_differences;
  SecondDifferences time_differences;
  for (const StoredPoint& point : points) {
    steps.push_back(step_differences.Encode(point.step));
    times.push_back(time_differences.Encode(point.time));
  }
  AppendPlanes(steps, planes);
  AppendPlanes(times, planes);
  AppendPlanes(ValueCodes(points, mode), planes);
}

std::vector<StoredPoint> ReadSeries(std::string_view planes, uint8_t mode) {
  const size_t column = planes.size() / 3;
  const auto steps = ReadPlanes(planes.substr(0, column));
  const auto times = ReadPlanes(planes.substr(column, column));
  const auto values = ReadPlanes(planes.substr(2 * column, column));
  std::vector<StoredPoint> points(steps.size());
  SecondDifferences step_differences;
  SecondDifferences time_differences;
  for (size_t i = 0; i < points.size(); ++i) {
    points[i].step = step_differences.Decode(steps[i]);
    points[i].time = time_differences.Decode(times[i]);
  }
  RestoreValues(values, mode, points);
  return points;
}

bool IsValueMode(uint8_t mode) { return mode == kRawValues || mode < kPowersOfTen.size(); }

// --- zstd

std::string Compress(std::string_view plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const size_t size =
      ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) return {};  // the bound rules it out; empty reads as damaged
  packed.resize(size);
  return packed;
}

std::optional<std::string> Uncompress(std::string_view packed, size_t plain_size) {
  std::string plain(plain_size, '\0');
  const size_t size = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) != 0 || size != plain_size) return std::nullopt;
  return plain;
}

// The frame names its size: a claim that the frame does not make is refused before allocating.
bool FrameHolds(std::string_view packed, size_t plain_size) {
  return plain_size <= kMaxUncompressed &&
         ZSTD_getFrameContentSize(packed.data(), packed.size()) == plain_size;
}

// --- the headers of a pack

struct SeriesHeader {
  NameId key = 0;
  uint8_t mode = 0;
  size_t points = 0;
};

// All together name no more points than a pack may unpack to.
base::Result<std::vector<SeriesHeader>> ReadHeaders(ByteReader& reader) {
  constexpr size_t kMinHeaderBytes = 3;
  constexpr uint64_t kMaxPoints = kMaxUncompressed / kBytesPerPoint;
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count > reader.remaining() / kMinHeaderBytes) return Damaged();
  std::vector<SeriesHeader> headers;
  headers.reserve(static_cast<size_t>(count));
  uint64_t total = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t key = reader.Varint();
    const uint8_t mode = reader.Byte();
    const uint64_t points = reader.Varint();
    if (!reader.ok() || !IsValueMode(mode) || points > kMaxPoints - total) return Damaged();
    total += points;
    headers.push_back({static_cast<NameId>(key), mode, static_cast<size_t>(points)});
  }
  return headers;
}

}  // namespace

std::string EncodeChunk(std::span<const StoredPoint> points) {
  const uint8_t mode = ValueMode(points);
  std::string planes;
  planes.reserve(points.size() * kBytesPerPoint);
  AppendSeries(points, mode, planes);
  std::string bytes;
  ByteWriter writer(bytes);
  writer.Byte(kChunkVersion);
  writer.Byte(mode);
  writer.Varint(points.size());
  bytes += Compress(planes);
  return bytes;
}

base::Result<std::vector<StoredPoint>> DecodeChunk(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint8_t version = reader.Byte();
  const uint8_t mode = reader.Byte();
  const uint64_t count = reader.Varint();
  if (!reader.ok() || version != kChunkVersion || !IsValueMode(mode) || count > kMaxChunkPoints) {
    return Damaged();
  }
  const std::string_view packed = reader.Take(reader.remaining());
  const size_t plain_size = static_cast<size_t>(count) * kBytesPerPoint;
  if (!FrameHolds(packed, plain_size)) return Damaged();
  const auto planes = Uncompress(packed, plain_size);
  if (!planes) return Damaged();
  return ReadSeries(*planes, mode);
}

std::string EncodePack(std::span<const PackedSeries> series) {
  std::string bytes;
  std::string planes;
  ByteWriter writer(bytes);
  writer.Byte(kPackVersion);
  writer.Varint(series.size());
  for (const PackedSeries& one : series) {
    const uint8_t mode = ValueMode(one.points);
    writer.Varint(static_cast<uint64_t>(one.key));
    writer.Byte(mode);
    writer.Varint(one.points.size());
    AppendSeries(one.points, mode, planes);
  }
  bytes += Compress(planes);
  return bytes;
}

base::Result<std::vector<PackedSeries>> DecodePack(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Byte() != kPackVersion) return Damaged();
  YARD_ASSIGN_OR_RETURN(const std::vector<SeriesHeader> headers, ReadHeaders(reader));
  size_t points = 0;
  for (const SeriesHeader& header : headers) points += header.points;
  const std::string_view packed = reader.Take(reader.remaining());
  if (!FrameHolds(packed, points * kBytesPerPoint)) return Damaged();
  const auto planes = Uncompress(packed, points * kBytesPerPoint);
  if (!planes) return Damaged();
  std::vector<PackedSeries> series;
  std::string_view rest = *planes;
  for (const SeriesHeader& header : headers) {
    const size_t size = header.points * kBytesPerPoint;
    series.push_back({header.key, ReadSeries(rest.substr(0, size), header.mode)});
    rest.remove_prefix(size);
  }
  return series;
}

}  // namespace yard::tracking
