#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/formats/object_factory.h"

namespace yard::inference::formats {

// The text forms of pickle's opcodes. Errors: kInvalidArgument, reason "malformed_pickle";
// kResourceExhausted for integers of more than 1,024 bytes.

base::Result<uint64_t> ParseMemoIndex(std::string_view line);
base::Result<double> ParseReal(std::string_view line);
/// A decimal integer of any length.
base::Result<Object*> ParseDecimal(ObjectFactory& factory, std::string_view line);
/// A little-endian integer of any length; no bytes are 0.
base::Result<Object*> ParseTwoComplement(ObjectFactory& factory, std::string_view bytes);
/// A Python 2 string literal with its quotes and escapes.
base::Result<std::string> ParseQuoted(std::string_view line);
/// latin-1 with \uXXXX and \UXXXXXXXX, as UTF-8.
base::Result<std::string> ParseRawUnicodeEscape(std::string_view line);

bool IsAscii(std::string_view text);
/// UTF-8, where surrogates are allowed.
bool IsPythonUtf8(std::string_view text);

}  // namespace yard::inference::formats
