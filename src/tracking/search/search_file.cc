#include "tracking/search/search_file.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "base/log.h"
#include "storage/migrations.h"
#include "storage/sqlite_database.h"
#include "tracking/schema.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

// The file is not flushed, so it is good only while the machine runs, or when it was closed in
// order.
std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

void Remove(const std::string& path) {
  for (const std::string_view suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(path + std::string(suffix), ignored);
  }
}

base::Result<bool> WasLeftInOrder(storage::Database& search) {
  return search.Read([](storage::Snapshot& snapshot) -> base::Result<bool> {
    YARD_ASSIGN_OR_RETURN(const auto row,
                          snapshot.QueryOne("SELECT boot, is_clean FROM opened WHERE one = 1"));
    return !row || row->Text(0) == BootId() || row->Integer(1) != 0;
  });
}

base::Result<void> MarkOpened(storage::Database& search, bool is_clean) {
  return search.Write([is_clean](storage::Transaction& transaction) {
    return WithoutCount(transaction.Run(
        "INSERT INTO opened (one, boot, is_clean) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE "
        "SET boot = excluded.boot, is_clean = excluded.is_clean",
        BootId(), is_clean));
  });
}

base::Result<std::unique_ptr<storage::Database>> TryOpen(const std::string& path,
                                                         const base::Clock& clock) {
  storage::SqliteOptions options;
  options.durability = storage::Durability::kUnflushed;
  YARD_ASSIGN_OR_RETURN(auto search, storage::OpenSqlite(path, options));
  const storage::SchemaComponent schema[] = {SearchSchema()};
  YARD_RETURN_IF_ERROR(storage::Migrate(*search, clock, schema));
  YARD_ASSIGN_OR_RETURN(const bool is_good, WasLeftInOrder(*search));
  if (!is_good) return base::DataLoss("the machine stopped while the file was open");
  YARD_RETURN_IF_ERROR(MarkOpened(*search, false));
  return search;
}

}  // namespace

base::Result<std::unique_ptr<storage::Database>> OpenSearchFile(const std::string& path,
                                                                const base::Clock& clock) {
  auto search = TryOpen(path, clock);
  if (search.ok()) return search;
  base::Log(base::LogLevel::kWarning, "the search file is made anew",
            {{"path", path}, {"reason", search.error().ToString()}});
  Remove(path);
  return TryOpen(path, clock);
}

void CloseSearchFile(storage::Database& search) {
  const auto marked = MarkOpened(search, true);
  if (!marked.ok()) {
    base::Log(base::LogLevel::kWarning, "the search file could not be closed in order",
              {{"error", marked.error().ToString()}});
  }
  search.StopWriter();
}

}  // namespace yard::tracking
