#include "inference/formats/open_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "inference/formats/decompress.h"
#include "inference/formats/joblib_reader.h"
#include "inference/formats/pickle_reader.h"
#include "inference/formats/skops_reader.h"

namespace yard::inference::formats {
namespace {

using base::Result;
using namespace std::string_view_literals;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view SkipSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// Protocols 2 to 5 begin with PROTO; 0 and 1 with an opcode that opens something and end with STOP.
bool LooksLikePickle(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  if (first == 0x80) return second <= 5;
  constexpr std::string_view kOpeners = "(c]}IFSVLN";
  return kOpeners.find(bytes[0]) != std::string_view::npos && bytes.back() == '.';
}

FileFormat DetectText(std::string_view bytes) {
  const std::string_view text = SkipSpace(bytes.substr(0, 4096));
  if (text.starts_with('{') && text.find('"') != std::string_view::npos &&
      SkipSpace(text.substr(1)).starts_with('"'))
    return FileFormat::kXgboostJson;
  if (text.starts_with("tree\n") || text.starts_with("tree\r\n")) return FileFormat::kLightgbmText;
  return FileFormat::kUnknown;
}

FileFormat DetectMagic(std::string_view bytes) {
  struct Magic {
    std::string_view bytes;
    FileFormat format;
  };
  constexpr std::array<Magic, 9> kMagics = {{
      {"PK\x03\x04"sv, FileFormat::kZip},
      {"\x93NUMPY"sv, FileFormat::kNpy},
      {"CBM1"sv, FileFormat::kCatboost},
      {"\x89HDF\r\n"sv, FileFormat::kHdf5},
      {"{L"sv, FileFormat::kXgboostUbjson},
      {"{i"sv, FileFormat::kXgboostUbjson},
      {"{$"sv, FileFormat::kXgboostUbjson},
      {"{#"sv, FileFormat::kXgboostUbjson},
      {"binf"sv, FileFormat::kXgboostBinary},
  }};
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.format;
  }
  return FileFormat::kUnknown;
}

// ONNX is a protocol buffer without magic: field 1 (the version), then the producer's name.
bool LooksLikeOnnx(std::string_view bytes) {
  return bytes.size() > 4 && bytes[0] == '\x08' && bytes[1] > 0 && bytes[1] < 20 &&
         (bytes[2] == '\x12' || bytes[2] == '\x3a');
}

bool IsReadableGraph(FileFormat format) {
  return format == FileFormat::kPickle || format == FileFormat::kJoblib ||
         format == FileFormat::kSkops;
}

}  // namespace

std::string_view FormatName(FileFormat format) {
  switch (format) {
    case FileFormat::kPickle:
      return "pickle";
    case FileFormat::kJoblib:
      return "joblib";
    case FileFormat::kSkops:
      return "skops";
    case FileFormat::kXgboostUbjson:
      return "xgboost-ubj";
    case FileFormat::kXgboostJson:
      return "xgboost-json";
    case FileFormat::kXgboostBinary:
      return "xgboost-binary";
    case FileFormat::kLightgbmText:
      return "lightgbm-text";
    case FileFormat::kCatboost:
      return "catboost";
    case FileFormat::kOnnx:
      return "onnx";
    case FileFormat::kNpy:
      return "npy";
    case FileFormat::kZip:
      return "zip";
    case FileFormat::kHdf5:
      return "hdf5";
    case FileFormat::kUnknown:
      return "unknown";
  }
  return "unknown";
}

FileFormat DetectFormat(std::string_view bytes) {
  const FileFormat by_magic = DetectMagic(bytes);
  if (by_magic == FileFormat::kZip)
    return Contains(bytes, "schema.json") ? FileFormat::kSkops : FileFormat::kZip;
  if (by_magic != FileFormat::kUnknown) return by_magic;
  if (const FileFormat text = DetectText(bytes); text != FileFormat::kUnknown) return text;
  if (DetectCompression(bytes) != Compression::kNone) return FileFormat::kJoblib;
  if (LooksLikePickle(bytes))
    return Contains(bytes, "NumpyArrayWrapper") ? FileFormat::kJoblib : FileFormat::kPickle;
  return LooksLikeOnnx(bytes) ? FileFormat::kOnnx : FileFormat::kUnknown;
}

Result<std::string> ReadModelFile(const std::filesystem::path& path, size_t max_bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return base::NotFound("there is no such model file", {"path", path.string()});
  if (!std::filesystem::is_regular_file(status))
    return base::InvalidArgument("the model is no regular file", {"path", path.string()});
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return base::Unavailable("the model file cannot be read", {"path", path.string()});
  if (size > max_bytes) {
    return base::ResourceExhausted("the model file is too large", {"path", path.string()},
                                   {"limit", std::to_string(max_bytes)})
        .WithReason("file_too_large");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(static_cast<size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file) return base::Unavailable("the model file cannot be read", {"path", path.string()});
  return bytes;
}

Result<ObjectGraph> ReadObjects(std::string_view bytes, FileFormat format) {
  if (!IsReadableGraph(format)) return UnreadableFormat(format);
  try {
    if (format == FileFormat::kPickle) return ReadPickle(bytes);
    if (format == FileFormat::kJoblib) return ReadJoblib(bytes);
    return ReadSkops(bytes);
  } catch (const std::exception& exception) {  // memory ran out
    return base::ResourceExhausted("the model file needs too much memory",
                                   {"problem", exception.what()});
  }
}

base::Error UnreadableFormat(FileFormat format) {
  const auto unimplemented = [format](std::string message) {
    return base::Unimplemented(std::move(message), {"format", std::string(FormatName(format))})
        .WithReason("unsupported_format");
  };
  switch (format) {
    case FileFormat::kXgboostBinary:
      return unimplemented(
          "this is XGBoost's old binary format, which XGBoost itself dropped in 3.1; load it with "
          "XGBoost 3.0 or older and save it as .ubj or .json");
    case FileFormat::kLightgbmText:
      return unimplemented("LightGBM models cannot be read yet");
    case FileFormat::kCatboost:
      return unimplemented("CatBoost models cannot be read yet");
    case FileFormat::kOnnx:
      return unimplemented("ONNX models cannot be read yet");
    case FileFormat::kNpy:
      return unimplemented("this is a numpy array, not a model");
    case FileFormat::kHdf5:
      return unimplemented("HDF5 files, such as Keras models, cannot be read");
    case FileFormat::kZip:
      return unimplemented("this zip file is no skops file: it holds no schema.json");
    case FileFormat::kXgboostJson:
    case FileFormat::kXgboostUbjson:
      return unimplemented("an XGBoost model holds trees, not Python objects");
    default:
      return base::InvalidArgument(
                 "the file is none of the model formats that can be read: pickle, joblib, skops, "
                 "XGBoost .ubj or .json",
                 {"format", std::string(FormatName(format))})
          .WithReason("unknown_format");
  }
}

}  // namespace yard::inference::formats
