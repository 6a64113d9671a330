#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

/// What a file is, told from its content and never from its name.
enum class FileFormat {
  kPickle,
  kJoblib,
  kSkops,
  kXgboostUbjson,
  kXgboostJson,
  // Recognised so that the error can name them:
  kXgboostBinary,
  kLightgbmText,
  kCatboost,
  kOnnx,
  kNpy,
  kZip,
  kHdf5,
  kUnknown
};

/// As Description::format names it: "pickle", "joblib", "skops", "xgboost-ubj", "xgboost-json", …
std::string_view FormatName(FileFormat format);

FileFormat DetectFormat(std::string_view bytes);

constexpr size_t kMaxModelFileBytes = size_t{4} << 30;

/// The bytes of a regular file. Errors: kNotFound, kInvalidArgument when it is no regular file,
/// kResourceExhausted over `max_bytes`.
base::Result<std::string> ReadModelFile(const std::filesystem::path& path,
                                        size_t max_bytes = kMaxModelFileBytes);

/// The object graph of a pickle, joblib or skops file. Errors: those of the readers;
/// kUnimplemented (detail "format") for any other format, saying what it is and what to do.
base::Result<ObjectGraph> ReadObjects(std::string_view bytes, FileFormat format);

/// kUnimplemented for formats that are recognised but not read, kInvalidArgument for unknown
/// content.
base::Error UnreadableFormat(FileFormat format);

}  // namespace yard::inference::formats
