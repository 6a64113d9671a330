#include "inference/formats/zip_archive.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <zlib.h>

#include "inference/formats/byte_cursor.h"
#include "inference/formats/decompress.h"

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr uint32_t kEntrySignature = 0x02014b50;
constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr size_t kEndBytes = 22;
constexpr size_t kEnd64LocatorBytes = 20;
constexpr uint32_t kIn64 = 0xffffffff;
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;
constexpr size_t kMaxMembers = 200'000;
constexpr size_t kMaxRatio = 1100;  // DEFLATE cannot do more than 1032
constexpr size_t kMaxTotalBytes = size_t{4} << 30;

base::Error Malformed(std::string problem, std::string member = {}) {
  return base::InvalidArgument(std::move(problem), {"member", std::move(member)})
      .WithReason("malformed_zip");
}

// What a central entry or a local header says of a member.
struct Header {
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t compressed_size = 0;
  uint64_t size = 0;
  uint64_t local_offset = 0;
  std::string_view name;
};

bool IsSafeName(std::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  if (name.find('\\') != std::string_view::npos || name.find('\0') != std::string_view::npos ||
      name.find(':') != std::string_view::npos)
    return false;
  while (!name.empty()) {
    const size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    if (part == ".." || part == ".") return false;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return true;
}

// Only the hints of the compressor and "the name is UTF-8" may be set.
bool HasPlainFlags(uint16_t flags) {
  constexpr uint16_t kAllowed = 0x0002 | 0x0004 | 0x0800;
  return (flags & ~kAllowed) == 0;
}

// Replaces the sizes that say "see the ZIP64 field" by those of the field.
Result<void> ReadZip64(std::string_view extra, Header& header, bool has_offset) {
  const bool needs = header.size == kIn64 || header.compressed_size == kIn64 ||
                     (has_offset && header.local_offset == kIn64);
  if (!needs) return {};
  constexpr uint16_t kZip64 = 1;
  ByteCursor fields(extra);
  while (!fields.at_end()) {
    YARD_ASSIGN_OR_RETURN(const uint16_t id, fields.U16());
    YARD_ASSIGN_OR_RETURN(const uint16_t length, fields.U16());
    YARD_ASSIGN_OR_RETURN(const std::string_view bytes, fields.Take(length));
    if (id != kZip64) continue;
    ByteCursor values(bytes);
    if (header.size == kIn64) {
      YARD_ASSIGN_OR_RETURN(header.size, values.U64());
    }
    if (header.compressed_size == kIn64) {
      YARD_ASSIGN_OR_RETURN(header.compressed_size, values.U64());
    }
    if (has_offset && header.local_offset == kIn64) {
      YARD_ASSIGN_OR_RETURN(header.local_offset, values.U64());
    }
    return {};
  }
  return Malformed("a ZIP64 size is missing", std::string(header.name));
}

// From the flags to the sizes, which both headers share.
Result<void> ReadSharedFields(ByteCursor& input, Header& header) {
  YARD_ASSIGN_OR_RETURN(header.flags, input.U16());
  YARD_ASSIGN_OR_RETURN(header.method, input.U16());
  YARD_RETURN_IF_ERROR(input.U32());  // time and date
  YARD_ASSIGN_OR_RETURN(header.crc, input.U32());
  YARD_ASSIGN_OR_RETURN(header.compressed_size, input.U32());
  YARD_ASSIGN_OR_RETURN(header.size, input.U32());
  return {};
}

Result<Header> ReadEntry(ByteCursor& input) {
  Header header;
  YARD_ASSIGN_OR_RETURN(const uint32_t signature, input.U32());
  if (signature != kEntrySignature) return Malformed("the zip's directory is damaged");
  YARD_RETURN_IF_ERROR(input.U32());  // versions
  YARD_RETURN_IF_ERROR(ReadSharedFields(input, header));
  YARD_ASSIGN_OR_RETURN(const uint16_t name_length, input.U16());
  YARD_ASSIGN_OR_RETURN(const uint16_t extra_length, input.U16());
  YARD_ASSIGN_OR_RETURN(const uint16_t comment_length, input.U16());
  YARD_ASSIGN_OR_RETURN(const uint16_t disk, input.U16());
  if (disk != 0) return Malformed("the zip spans disks");
  YARD_RETURN_IF_ERROR(input.Take(6));  // attributes
  YARD_ASSIGN_OR_RETURN(header.local_offset, input.U32());
  YARD_ASSIGN_OR_RETURN(header.name, input.Take(name_length));
  YARD_ASSIGN_OR_RETURN(const std::string_view extra, input.Take(extra_length));
  YARD_RETURN_IF_ERROR(input.Take(comment_length));
  YARD_RETURN_IF_ERROR(ReadZip64(extra, header, true));
  return header;
}

struct LocalHeader {
  Header header;
  size_t data_offset = 0;
};

Result<LocalHeader> ReadLocal(std::string_view bytes, uint64_t offset) {
  ByteCursor input(bytes);
  LocalHeader local;
  YARD_RETURN_IF_ERROR(input.Take(offset));
  YARD_ASSIGN_OR_RETURN(const uint32_t signature, input.U32());
  if (signature != kLocalSignature) return Malformed("a member has no local header");
  YARD_RETURN_IF_ERROR(input.U16());  // version
  YARD_RETURN_IF_ERROR(ReadSharedFields(input, local.header));
  YARD_ASSIGN_OR_RETURN(const uint16_t name_length, input.U16());
  YARD_ASSIGN_OR_RETURN(const uint16_t extra_length, input.U16());
  YARD_ASSIGN_OR_RETURN(local.header.name, input.Take(name_length));
  YARD_ASSIGN_OR_RETURN(const std::string_view extra, input.Take(extra_length));
  YARD_RETURN_IF_ERROR(ReadZip64(extra, local.header, false));
  local.data_offset = input.position();
  return local;
}

bool SaysTheSame(const Header& entry, const Header& local) {
  return entry.flags == local.flags && entry.method == local.method && entry.crc == local.crc &&
         entry.compressed_size == local.compressed_size && entry.size == local.size &&
         entry.name == local.name;
}

Result<void> CheckEntry(const Header& entry) {
  const std::string name(entry.name);
  if (!IsSafeName(entry.name)) return Malformed("a member has an unsafe name", name);
  if (!HasPlainFlags(entry.flags)) return Malformed("a member has unusual flags", name);
  if (entry.method != kStored && entry.method != kDeflated)
    return Malformed("a member is neither stored nor deflated", name);
  if (entry.method == kStored && entry.size != entry.compressed_size)
    return Malformed("a stored member has two sizes", name);
  const bool is_bomb =
      entry.size > kMaxTotalBytes || entry.size / kMaxRatio > entry.compressed_size;
  if (is_bomb) {
    return base::ResourceExhausted("a member expands to too many bytes", {"member", name})
        .WithReason("decompression_bomb");
  }
  return {};
}

}  // namespace

/// Finds and checks every member of a zip.
class ZipDirectoryReader {
 public:
  explicit ZipDirectoryReader(std::string_view bytes) : bytes_(bytes) {}

  Result<std::vector<ZipArchive::Member>> Read() {
    YARD_RETURN_IF_ERROR(FindDirectory());
    std::vector<ZipArchive::Member> members;
    ByteCursor input(bytes_.substr(0, directory_end_));
    YARD_RETURN_IF_ERROR(input.Take(directory_begin_));
    for (uint64_t i = 0; i < count_; ++i) {
      YARD_ASSIGN_OR_RETURN(const Header entry, ReadEntry(input));
      YARD_ASSIGN_OR_RETURN(ZipArchive::Member member, MemberOf(entry));
      members.push_back(std::move(member));
    }
    if (!input.at_end()) return Malformed("the zip's directory is longer than it says");
    YARD_RETURN_IF_ERROR(CheckOverlaps(members));
    return SortedByName(std::move(members));
  }

 private:
  // The end record must be the last thing in the file, but for its comment.
  Result<void> FindDirectory() {
    if (bytes_.size() < kEndBytes) return Malformed("no zip file");
    constexpr size_t kMaxComment = 0xffff;
    const size_t last = bytes_.size() - kEndBytes;
    const size_t first = last - std::min(last, kMaxComment);
    for (size_t at = last + 1; at-- > first;) {
      ByteCursor input(bytes_.substr(at));
      if (*input.U32() != kEndSignature) continue;
      YARD_RETURN_IF_ERROR(input.Take(16));
      if (*input.U16() != input.remaining()) continue;
      return ReadEnd(at);
    }
    return Malformed("no zip file");
  }

  Result<void> ReadEnd(size_t at) {
    ByteCursor input(bytes_.substr(at + 4));
    YARD_ASSIGN_OR_RETURN(const uint32_t disks, input.U32());
    YARD_ASSIGN_OR_RETURN(const uint16_t count_here, input.U16());
    YARD_ASSIGN_OR_RETURN(count_, input.U16());
    YARD_ASSIGN_OR_RETURN(const uint64_t size, input.U32());
    YARD_ASSIGN_OR_RETURN(const uint64_t offset, input.U32());
    if (disks != 0 || count_here != count_) return Malformed("the zip spans disks");
    if (count_ == 0xffff || size == kIn64 || offset == kIn64) return ReadEnd64(at);
    return SetDirectory(offset, size, at);
  }

  Result<void> ReadEnd64(size_t end_at) {
    if (end_at < kEnd64LocatorBytes) return Malformed("the ZIP64 locator is missing");
    ByteCursor locator(bytes_.substr(end_at - kEnd64LocatorBytes));
    YARD_ASSIGN_OR_RETURN(const uint32_t locator_signature, locator.U32());
    YARD_ASSIGN_OR_RETURN(const uint32_t disk, locator.U32());
    YARD_ASSIGN_OR_RETURN(const uint64_t at, locator.U64());
    if (locator_signature != kEnd64LocatorSignature || disk != 0)
      return Malformed("the ZIP64 locator is damaged");
    ByteCursor input(bytes_);
    YARD_RETURN_IF_ERROR(input.Take(at));
    YARD_ASSIGN_OR_RETURN(const uint32_t signature, input.U32());
    if (signature != kEnd64Signature) return Malformed("the ZIP64 end record is damaged");
    YARD_RETURN_IF_ERROR(input.Take(20));  // size, versions, disks
    YARD_ASSIGN_OR_RETURN(const uint64_t count_here, input.U64());
    YARD_ASSIGN_OR_RETURN(count_, input.U64());
    YARD_ASSIGN_OR_RETURN(const uint64_t size, input.U64());
    YARD_ASSIGN_OR_RETURN(const uint64_t offset, input.U64());
    if (count_here != count_) return Malformed("the zip spans disks");
    return SetDirectory(offset, size, static_cast<size_t>(at));
  }

  Result<void> SetDirectory(uint64_t offset, uint64_t size, size_t end) {
    if (offset > end || size != end - offset)
      return Malformed("the zip's directory is not where it should be");
    if (count_ > kMaxMembers) {
      return base::ResourceExhausted("the zip has too many members",
                                     {"limit", std::to_string(kMaxMembers)});
    }
    directory_begin_ = static_cast<size_t>(offset);
    directory_end_ = end;
    return {};
  }

  Result<ZipArchive::Member> MemberOf(const Header& entry) const {
    YARD_RETURN_IF_ERROR(CheckEntry(entry));
    YARD_ASSIGN_OR_RETURN(const LocalHeader local,
                          ReadLocal(bytes_.substr(0, directory_begin_), entry.local_offset));
    if (!SaysTheSame(entry, local.header))
      return Malformed("a member's two headers differ", std::string(entry.name));
    if (entry.compressed_size > directory_begin_ - local.data_offset)
      return Malformed("a member is longer than the file", std::string(entry.name));
    return ZipArchive::Member{std::string(entry.name),
                              entry.method,
                              entry.crc,
                              static_cast<size_t>(entry.compressed_size),
                              static_cast<size_t>(entry.size),
                              local.data_offset};
  }

  static Result<void> CheckOverlaps(std::vector<ZipArchive::Member>& members) {
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return std::pair(a.data_offset, a.compressed_size) <
             std::pair(b.data_offset, b.compressed_size);
    });
    size_t end = 0;
    size_t total = 0;
    for (const ZipArchive::Member& member : members) {
      if (member.data_offset < end) return Malformed("members overlap", member.name);
      end = member.data_offset + member.compressed_size;
      total += member.size;
      if (total > kMaxTotalBytes) {
        return base::ResourceExhausted("the zip expands to too many bytes",
                                       {"limit", std::to_string(kMaxTotalBytes)})
            .WithReason("decompression_bomb");
      }
    }
    return {};
  }

  static Result<std::vector<ZipArchive::Member>> SortedByName(
      std::vector<ZipArchive::Member> members) {
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto repeated =
        std::adjacent_find(members.begin(), members.end(),
                           [](const auto& a, const auto& b) { return a.name == b.name; });
    if (repeated != members.end()) return Malformed("two members share a name", repeated->name);
    return members;
  }

  std::string_view bytes_;
  uint64_t count_ = 0;
  size_t directory_begin_ = 0;
  size_t directory_end_ = 0;
};

Result<ZipArchive> ZipArchive::Open(std::string_view bytes) {
  ZipArchive archive;
  archive.bytes_ = bytes;
  YARD_ASSIGN_OR_RETURN(archive.members_, ZipDirectoryReader(bytes).Read());
  return archive;
}

Result<std::string> ZipArchive::Read(std::string_view name) const {
  const Member* member = Find(name);
  if (member == nullptr)
    return base::NotFound("the zip has no such member", {"member", std::string(name)});
  const std::string_view stored = bytes_.substr(member->data_offset, member->compressed_size);
  Result<std::string> content =
      member->method == kStored ? std::string(stored) : Inflate(stored, member->size);
  if (!content.ok()) return content;
  const auto* first = reinterpret_cast<const Bytef*>(content->data());
  if (crc32_z(0, first, content->size()) != member->crc)
    return Malformed("a member's checksum differs", std::string(name));
  return content;
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> names;
  for (const Member& member : members_) names.push_back(member.name);
  return names;
}

size_t ZipArchive::content_bytes() const {
  size_t total = 0;
  for (const Member& member : members_) total += member.size;
  return total;
}

const ZipArchive::Member* ZipArchive::Find(std::string_view name) const {
  const auto found = std::lower_bound(members_.begin(), members_.end(), name,
                                      [](const Member& member, std::string_view wanted) {
                                        return std::string_view(member.name) < wanted;
                                      });
  return found != members_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace yard::inference::formats
