#pragma once

#include <string_view>

#include "base/result.h"
#include "registry/tag.h"

namespace yard::registry {

// What may be called how. All errors are kInvalidArgument.

/// Of a registered model: 1 to 256 bytes, not blank, without "/", ":" and control characters, and
/// none of "." and "..". Reason "missing_field" when blank, "invalid_model_name" otherwise.
base::Result<void> CheckModelName(std::string_view name);

/// Of an alias that is set: letters, digits, "_" and "-", at most 255 bytes (reason
/// "invalid_alias"); neither `latest` nor `v<digits>` in any case (reason "reserved_alias").
base::Result<void> CheckAlias(std::string_view alias);

/// Whether `alias` is `latest`, in any case.
bool IsLatest(std::string_view alias);

/// Key of at most 250 bytes that is a clean relative path, value of at most 100,000 bytes. Reason
/// "invalid_tag_key" or "tag_value_too_long".
base::Result<void> CheckTag(const Tag& tag);

/// Cuts on "/" and "\": the safe reading on every system. Whether any segment is "." or ".." or
/// starts as one before a ";".
bool HasDotSegment(std::string_view path);

}  // namespace yard::registry
