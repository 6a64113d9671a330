#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace yard::columnar {

/// NaN is missing. Booleans are 0 and 1, integers are exact up to 2^53, dates and timestamps are
/// milliseconds since 1970 UTC.
using Numbers = std::vector<double>;
/// nullopt is missing.
using Texts = std::vector<std::optional<std::string>>;

struct Column {
  std::string name;
  std::variant<Numbers, Texts> cells;
};

/// Named columns of equal length.
struct Table {
  std::vector<Column> columns;
  size_t row_count = 0;

  const Column* Find(std::string_view name) const;
};

enum class Format { kCsv, kParquet };

/// By the file's extension (.csv, .parquet, .pq in any case). Errors: kInvalidArgument, reason
/// "unknown_format" (detail "file").
base::Result<Format> FormatOf(const std::filesystem::path& path);
/// By the first bytes: Parquet's magic, or CSV for everything else.
Format FormatOfBytes(std::string_view bytes);

struct ReadLimits {
  uint64_t file_bytes = uint64_t{4} << 30;
  uint64_t memory_bytes = uint64_t{4} << 30;  // that decoding may take
  size_t rows = 50'000'000;
  size_t columns = 10'000;
};

/// Reads a whole table. CSV has a header line; a column's type follows from its cells, and an empty
/// cell, "NA", "NaN" and "null" are missing. Columns of nested, binary and decimal types are left
/// out.
///
/// The work is done by Arrow in the module libyard_columnar.so, loaded at first use from the
/// executable's folder or a lib/ beside or above it. Thread-safe. Errors: kNotFound without such a
/// file, kInvalidArgument (reason "bad_table") for damaged content, kResourceExhausted (reason
/// "table_too_large") over a limit, kUnavailable (reason "columnar_module_missing") without the
/// module.
base::Result<Table> ReadTable(const std::filesystem::path& path, Format format,
                              const ReadLimits& limits = {});
base::Result<Table> ReadTableBytes(std::string_view bytes, Format format,
                                   const ReadLimits& limits = {});

/// Writes a whole table, replacing the file. Numbers become double columns, NaN becomes null.
/// Errors: kUnavailable when the disk refuses or the module is missing, kInvalidArgument for
/// columns of unequal length.
base::Result<void> WriteTable(const Table& table, const std::filesystem::path& path, Format format);

}  // namespace yard::columnar
