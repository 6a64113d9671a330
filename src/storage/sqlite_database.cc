#include "storage/sqlite_database.h"

#include <system_error>
#include <utility>

#include "storage/file_descriptor.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/group_writer.h"
#include "storage/sqlite/reader_pool.h"

namespace yard::storage {
namespace {

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::unique_ptr<sqlite::Connection> writing, const std::filesystem::path& path,
                 const SqliteOptions& options)
      : writer_(std::move(writing), options.queue_limit,
                sqlite::WriterTelemetry(options.telemetry, path.filename().string()),
                [] { MarkWriterThread(); }),
        readers_(path, options) {}

  ~SqliteDatabase() override { StopWriter(); }

  base::Result<void> ReadErased(ReadFunction function) override { return readers_.Run(function); }

  void Submit(WriteFunction function, Done done) override {
    writer_.Submit(std::move(function), std::move(done));
  }

  void AddParticipant(GroupParticipant& participant) override {
    writer_.AddParticipant(participant);
  }

  void StopWriter() override { writer_.Stop(); }

  size_t queued_writes() const override { return writer_.queued(); }

  Dialect dialect() const override { return Dialect::kSqlite; }

 private:
  sqlite::GroupWriter writer_;  // its connection closes last and puts the log into the file
  sqlite::ReaderPool readers_;
};

}  // namespace

base::Result<std::unique_ptr<Database>> OpenSqlite(const std::filesystem::path& path,
                                                   const SqliteOptions& options) {
  YARD_ASSIGN_OR_RETURN(auto writing,
                        sqlite::Connection::Open(path, options, sqlite::Access::kWrite));
  return std::make_unique<SqliteDatabase>(std::move(writing), path, options);
}

base::Result<void> BackupSqlite(const std::filesystem::path& source,
                                const std::filesystem::path& target) {
  std::error_code ignored;
  if (!std::filesystem::exists(source, ignored))
    return base::NotFound("there is no database to copy", {"path", source.string()});
  if (std::filesystem::exists(target, ignored)) {
    return base::AlreadyExists("the backup would replace a file; choose another name",
                               {"path", target.string()});
  }
  YARD_ASSIGN_OR_RETURN(const auto connection,
                        sqlite::Connection::Open(source, {}, sqlite::Access::kWrite));
  // One read transaction: unlike the backup interface it never starts over when someone writes.
  const std::string file = target.string();
  const Parameter parameters[] = {file};
  YARD_RETURN_IF_ERROR(connection->Run("VACUUM INTO ?", parameters));
  return FlushFile(target);
}

base::Result<void> RemoveSqlite(const std::filesystem::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code failure;
    std::filesystem::remove(path.string() + suffix, failure);
    if (failure) return SystemError(failure.value(), "removing a database", path.string());
  }
  return {};
}

}  // namespace yard::storage
