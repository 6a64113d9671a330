#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::base {

/// SHA-256 over bytes that arrive in pieces. One object per digest; not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  /// 64 lower-case hex digits. Call once, last.
  std::string HexDigest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The SHA-256 of one piece, as 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

/// Standard base64 (RFC 4648, padded, no line breaks).
std::string Base64Encode(std::string_view bytes);
/// Reads standard or URL-safe base64; white space is skipped. Errors: kInvalidArgument.
Result<std::string> Base64Decode(std::string_view text);

/// A stable 64-bit hash of `bytes` (FNV-1a with a final mix). The same on every machine and
/// version: used for sticky routing.
uint64_t StableHash(std::string_view bytes);

}  // namespace yard::base
