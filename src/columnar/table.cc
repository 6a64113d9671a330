#include "columnar/table.h"

#include <algorithm>
#include <cctype>
#include <system_error>

#include "columnar/engine_internal.h"
#include "columnar/module_loader.h"

namespace yard::columnar {
namespace {

size_t LengthOf(const Column& column) {
  return std::visit([](const auto& cells) { return cells.size(); }, column.cells);
}

base::Error TooLarge(std::string_view limit) {
  return base::ResourceExhausted("the table is larger than allowed", {"limit", std::string(limit)})
      .WithReason("table_too_large");
}

base::Result<void> CheckFile(const std::filesystem::path& path, const ReadLimits& limits) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) return base::NotFound("no such file", {"file", path.string()});
  if (size > limits.file_bytes) return TooLarge("file_bytes");
  return {};
}

}  // namespace

const Column* Table::Find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

base::Result<Format> FormatOf(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".csv") return Format::kCsv;
  if (extension == ".parquet" || extension == ".pq") return Format::kParquet;
  return base::InvalidArgument("the file must end in .csv or .parquet",
                               {"file", path.filename().string()})
      .WithReason("unknown_format");
}

Format FormatOfBytes(std::string_view bytes) {
  return bytes.starts_with("PAR1") ? Format::kParquet : Format::kCsv;
}

base::Result<Table> ReadTable(const std::filesystem::path& path, Format format,
                              const ReadLimits& limits) {
  YARD_RETURN_IF_ERROR(CheckFile(path, limits));
  YARD_ASSIGN_OR_RETURN(const Engine* engine, LoadEngine());
  return engine->ReadFile(path, format, limits);
}

base::Result<Table> ReadTableBytes(std::string_view bytes, Format format,
                                   const ReadLimits& limits) {
  if (bytes.size() > limits.file_bytes) return TooLarge("file_bytes");
  YARD_ASSIGN_OR_RETURN(const Engine* engine, LoadEngine());
  return engine->ReadBytes(bytes, format, limits);
}

base::Result<void> WriteTable(const Table& table, const std::filesystem::path& path,
                              Format format) {
  for (const Column& column : table.columns) {
    if (LengthOf(column) == table.row_count) continue;
    return base::InvalidArgument("the columns differ in length", {"column", column.name});
  }
  YARD_ASSIGN_OR_RETURN(const Engine* engine, LoadEngine());
  return engine->Write(table, path, format);
}

}  // namespace yard::columnar
