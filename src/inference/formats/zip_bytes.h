#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Test support: zip files written byte by byte, so that every field can lie.
namespace yard::inference::testing_support {

struct ZipEntry {
  std::string name;
  std::string content;  // as stored
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint32_t size = 0;
  std::string local_name;  // what the local header says instead, when not empty
};

inline std::string Little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

inline uint32_t Crc32(const std::string& bytes) {
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

inline ZipEntry Stored(std::string name, std::string content) {
  ZipEntry entry;
  entry.crc = Crc32(content);
  entry.size = static_cast<uint32_t>(content.size());
  entry.name = std::move(name);
  entry.content = std::move(content);
  return entry;
}

inline std::string SharedFields(const ZipEntry& entry) {
  return Little(entry.flags, 2) + Little(entry.method, 2) + Little(0, 4) + Little(entry.crc, 4) +
         Little(entry.content.size(), 4) + Little(entry.size, 4);
}

inline std::string MakeZip(const std::vector<ZipEntry>& entries) {
  std::string bytes;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string local = entry.local_name.empty() ? entry.name : entry.local_name;
    directory += "PK\x01\x02" + Little(0x00140014, 4) + SharedFields(entry) +
                 Little(entry.name.size(), 2) + Little(0, 2) + Little(0, 2) + Little(0, 2) +
                 Little(0, 6) + Little(bytes.size(), 4) + entry.name;
    bytes += "PK\x03\x04" + Little(20, 2) + SharedFields(entry) + Little(local.size(), 2) +
             Little(0, 2) + local + entry.content;
  }
  return bytes + directory + "PK\x05\x06" + Little(0, 4) + Little(entries.size(), 2) +
         Little(entries.size(), 2) + Little(directory.size(), 4) + Little(bytes.size(), 4) +
         Little(0, 2);
}

}  // namespace yard::inference::testing_support
