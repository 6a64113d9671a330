#include "net/byte_ranges.h"

#include <algorithm>
#include <charconv>

#include "net/http.h"

namespace yard::net {
namespace {

/// Digits only; values beyond 64 bits count as "to the end".
std::optional<uint64_t> ParseNumber(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  uint64_t value = 0;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), value).ec;
  return error == std::errc() ? value : UINT64_MAX;
}

/// One member: "0-499", "500-" or "-500". Nothing when malformed; size 0 when unsatisfiable.
std::optional<ByteRange> ParseRange(std::string_view text, uint64_t resource_size) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = ParseNumber(text.substr(0, dash));
  const auto last = ParseNumber(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    const uint64_t size = std::min(*last, resource_size);
    return ByteRange{resource_size - size, size};
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= resource_size) return ByteRange{};
  const uint64_t end = std::min(last.value_or(UINT64_MAX), resource_size - 1);
  return ByteRange{*first, end - *first + 1};
}

}  // namespace

std::optional<std::vector<ByteRange>> ParseRanges(std::string_view header, uint64_t resource_size) {
  constexpr std::string_view kUnit = "bytes=";
  if (header.size() < kUnit.size() || !EqualsIgnoringCase(header.substr(0, kUnit.size()), kUnit))
    return std::nullopt;
  header.remove_prefix(kUnit.size());
  std::vector<ByteRange> ranges;
  size_t member_count = 0;
  while (!header.empty()) {
    const size_t end = std::min(header.find(','), header.size());
    const std::string_view member = TrimSpaces(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    if (member.empty()) continue;
    const auto range = ParseRange(member, resource_size);
    if (!range || ++member_count > kMaxRanges) return std::nullopt;
    if (range->size > 0) ranges.push_back(*range);
  }
  return member_count == 0 ? std::nullopt : std::optional(ranges);
}

}  // namespace yard::net
