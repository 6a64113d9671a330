#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::inference::formats {

/// Appends one code point as UTF-8; surrogates are kept, as Python's "surrogatepass" does.
void AppendUtf8(std::string& out, uint32_t code_point);

/// numpy's text elements: UCS-4 without the zeros at the end. Errors: kInvalidArgument for what is
/// no code point.
base::Result<std::string> Ucs4ToUtf8(std::string_view bytes, bool big_endian);

/// UTF-8 whose characters are all below U+0100, as those bytes: what _codecs.encode(text,
/// "latin1") gives. Errors: kInvalidArgument for any other character.
base::Result<std::string> Utf8ToLatin1(std::string_view text);

}  // namespace yard::inference::formats
