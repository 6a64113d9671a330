#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::inference::formats {

/// A zip file in memory, read by its central directory; every member's local header must say the
/// same. Stored and deflated members only. Refused (kInvalidArgument, reason "malformed_zip"):
/// repeated names, absolute names and "..", encryption and other flags, overlapping members, sizes
/// or CRCs that differ, ZIP64 fields that do not fit; kResourceExhausted for ratio bombs.
class ZipArchive {
 public:
  /// `bytes` must outlive the archive.
  static base::Result<ZipArchive> Open(std::string_view bytes);

  /// The content of a member, its CRC checked. Errors: kNotFound without such a member.
  base::Result<std::string> Read(std::string_view name) const;
  bool Contains(std::string_view name) const { return Find(name) != nullptr; }
  std::vector<std::string> names() const;
  /// Bytes of all members once they are read.
  size_t content_bytes() const;

 private:
  struct Member {
    std::string name;
    uint16_t method = 0;
    uint32_t crc = 0;
    size_t compressed_size = 0;
    size_t size = 0;
    size_t data_offset = 0;
  };
  friend class ZipDirectoryReader;
  const Member* Find(std::string_view name) const;

  std::string_view bytes_;
  std::vector<Member> members_;  // by name
};

}  // namespace yard::inference::formats
