// The module's face. Arrow reads untrusted bytes here: its statuses and every exception become
// errors, and its memory is capped.
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>

#include "columnar/engine_internal.h"
#include "columnar/module/arrow_columns.h"

namespace yard::columnar {
namespace {

using Source = std::shared_ptr<arrow::io::RandomAccessFile>;
using ArrowTable = std::shared_ptr<arrow::Table>;

base::Error TooLarge(std::string limit) {
  return base::ResourceExhausted("the table is larger than allowed", {"limit", std::move(limit)})
      .WithReason("table_too_large");
}

base::Error BadTable(const std::string& problem) {
  return base::InvalidArgument("the table cannot be read", {"problem", problem})
      .WithReason("bad_table");
}

base::Error FromStatus(const arrow::Status& status) {
  if (status.IsOutOfMemory()) return TooLarge("memory_bytes");
  return BadTable(status.ToStringWithoutContextLines());
}

base::Result<ArrowTable> ReadCsv(const Source& source, const ReadLimits& limits,
                                 arrow::MemoryPool& pool) {
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  auto convert = arrow::csv::ConvertOptions::Defaults();
  convert.strings_can_be_null = true;
  auto reader = arrow::csv::TableReader::Make(arrow::io::IOContext(&pool), source, read,
                                              arrow::csv::ParseOptions::Defaults(), convert);
  if (!reader.ok()) return FromStatus(reader.status());
  auto table = (*reader)->Read();
  if (!table.ok()) return FromStatus(table.status());
  if (static_cast<size_t>((*table)->num_columns()) > limits.columns) return TooLarge("columns");
  if (static_cast<size_t>((*table)->num_rows()) > limits.rows) return TooLarge("rows");
  return *std::move(table);
}

base::Result<void> CheckParquet(const parquet::FileMetaData& metadata, const ReadLimits& limits) {
  if (metadata.num_rows() < 0 || static_cast<size_t>(metadata.num_rows()) > limits.rows) {
    return TooLarge("rows");
  }
  if (static_cast<size_t>(metadata.num_columns()) > limits.columns) return TooLarge("columns");
  return {};
}

base::Result<ArrowTable> ReadParquet(const Source& source, const ReadLimits& limits,
                                     arrow::MemoryPool& pool) {
  parquet::arrow::FileReaderBuilder builder;
  if (const auto status = builder.Open(source, parquet::ReaderProperties(&pool)); !status.ok()) {
    return FromStatus(status);
  }
  YARD_RETURN_IF_ERROR(CheckParquet(*builder.raw_reader()->metadata(), limits));
  std::unique_ptr<parquet::arrow::FileReader> reader;
  if (const auto status = builder.memory_pool(&pool)->Build(&reader); !status.ok()) {
    return FromStatus(status);
  }
  reader->set_use_threads(false);
  auto table = reader->ReadTable();
  if (!table.ok()) return FromStatus(table.status());
  return *std::move(table);
}

base::Result<Table> ReadSource(const Source& source, Format format, const ReadLimits& limits) {
  // The plain system allocator: a server gives the memory back after a rare read.
  arrow::CappedMemoryPool pool(arrow::system_memory_pool(),
                               static_cast<int64_t>(limits.memory_bytes));
  YARD_ASSIGN_OR_RETURN(const ArrowTable table, format == Format::kCsv
                                                    ? ReadCsv(source, limits, pool)
                                                    : ReadParquet(source, limits, pool));
  return FromArrow(*table);
}

arrow::Status WriteArrow(const arrow::Table& table, const std::string& path, Format format) {
  ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(path));
  if (format == Format::kCsv) {
    ARROW_RETURN_NOT_OK(
        arrow::csv::WriteCSV(table, arrow::csv::WriteOptions::Defaults(), sink.get()));
  } else {
    ARROW_RETURN_NOT_OK(parquet::arrow::WriteTable(table, arrow::system_memory_pool(), sink));
  }
  return sink->Close();
}

template <typename Function>
auto Guarded(Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return TooLarge("memory_bytes");
  } catch (const std::exception& exception) {
    return BadTable(exception.what());
  }
}

class ArrowEngine final : public Engine {
 public:
  base::Result<Table> ReadFile(const std::filesystem::path& path, Format format,
                               const ReadLimits& limits) const override {
    return Guarded([&]() -> base::Result<Table> {
      auto file = arrow::io::ReadableFile::Open(path.string(), arrow::system_memory_pool());
      if (!file.ok()) return base::NotFound("the file cannot be opened", {"file", path.string()});
      return ReadSource(*file, format, limits);
    });
  }

  base::Result<Table> ReadBytes(std::string_view bytes, Format format,
                                const ReadLimits& limits) const override {
    return Guarded([&]() -> base::Result<Table> {
      const auto buffer = std::make_shared<arrow::Buffer>(bytes);
      return ReadSource(std::make_shared<arrow::io::BufferReader>(buffer), format, limits);
    });
  }

  base::Result<void> Write(const Table& table, const std::filesystem::path& path,
                           Format format) const override {
    return Guarded([&]() -> base::Result<void> {
      YARD_ASSIGN_OR_RETURN(const ArrowTable arrow_table, ToArrow(table));
      const arrow::Status status = WriteArrow(*arrow_table, path.string(), format);
      if (status.ok()) return {};
      return base::Unavailable("the table cannot be written", {"problem", status.message()});
    });
  }
};

}  // namespace
}  // namespace yard::columnar

extern "C" __attribute__((visibility("default"))) const yard::columnar::Engine* YardColumnarEngine(
    int version) {
  static const yard::columnar::ArrowEngine engine;
  return version == yard::columnar::kEngineVersion ? &engine : nullptr;
}
