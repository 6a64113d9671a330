#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace yard::base {

/// 32 lower-case hex digits that sort by the time they were made: 48 bits of milliseconds, then
/// random bits (the layout of UUID version 7, RFC 9562, without dashes). Two ids of one process
/// never collide in practice: 74 random bits. Thread-safe.
std::string NewId(const Clock& clock);

/// `byte_count` random bytes as lower-case hex. Thread-safe; not for secrets.
std::string RandomHex(int byte_count);

/// A readable name such as "bright-otter-417", for runs that were given none. Thread-safe.
std::string NewReadableName();

}  // namespace yard::base
