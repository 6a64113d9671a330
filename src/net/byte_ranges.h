#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace yard::net {

/// Bytes `offset` .. `offset + size - 1`.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t size = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What a Range header asks of a resource of `resource_size` bytes (RFC 9110 section 14.2). Nothing
/// when the header must be ignored: malformed, another unit, or more than kMaxRanges ranges. An
/// empty list when no range can be satisfied.
std::optional<std::vector<ByteRange>> ParseRanges(std::string_view header, uint64_t resource_size);

inline constexpr size_t kMaxRanges = 32;

}  // namespace yard::net
