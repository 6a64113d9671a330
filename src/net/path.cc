#include "net/path.h"

#include <algorithm>
#include <cctype>

#include "net/http.h"

namespace yard::net {
namespace {

constexpr size_t kPathLimit = 4096;
constexpr size_t kSegmentLimit = 255;

base::Error Unsafe(std::string_view path) {
  return base::InvalidArgument("the path must be relative and stay below its root",
                               {"path", std::string(path)})
      .WithReason("unsafe_path");
}

base::Error TooLong() {
  return base::InvalidArgument("a path has at most 4096 bytes and 255 in a segment")
      .WithReason("path_too_long");
}

/// The next segment; `path` loses it and its '/'.
std::string_view TakeSegment(std::string_view& path) {
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

bool HasParentSegment(std::string_view path) {
  while (!path.empty()) {
    if (TakeSegment(path) == "..") return true;
  }
  return false;
}

bool IsAbsolute(std::string_view path) {
  if (path.starts_with('/') || path.starts_with("\\\\")) return true;
  const bool has_drive = path.size() > 2 && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
  return has_drive && std::isalpha(static_cast<unsigned char>(path[0])) != 0;
}

bool IsSafe(std::string_view path) {
  return !IsAbsolute(path) && !HasParentSegment(path) && path.find('#') == std::string_view::npos &&
         path.find('\0') == std::string_view::npos;
}

/// Whether the path is safe however often it is percent-decoded. Decoding shortens, so this ends.
bool StaysSafe(std::string_view path) {
  std::string decoded(path);
  for (;;) {
    if (!IsSafe(decoded)) return false;
    std::string again = PercentDecode(decoded);
    if (again.size() == decoded.size()) return true;
    decoded = std::move(again);
  }
}

void AppendSegment(std::string& path, std::string_view segment) {
  if (!path.empty()) path += '/';
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    path +=
        byte < 0x20 || byte == 0x7F ? PercentEncode(std::string_view(&c, 1)) : std::string(1, c);
  }
}

}  // namespace

base::Result<std::string> SafeRelativePath(std::string_view path) {
  if (path.size() > kPathLimit) return TooLong();
  if (!StaysSafe(path)) return Unsafe(path);
  std::string normalized;
  while (!path.empty()) {
    const std::string_view segment = TakeSegment(path);
    if (segment.size() > kSegmentLimit) return TooLong();
    if (segment.empty() || segment == ".") continue;
    AppendSegment(normalized, segment);
  }
  return normalized;
}

}  // namespace yard::net
