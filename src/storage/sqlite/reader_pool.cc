#include "storage/sqlite/reader_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace yard::storage::sqlite {
namespace {

class ReadSnapshot final : public Snapshot {
 public:
  explicit ReadSnapshot(Connection& connection) : connection_(connection) {}

  base::Result<void> Query(std::string_view sql, std::span<const Parameter> parameters,
                           base::FunctionRef<base::Result<void>(const Row&)> visit) override {
    YARD_ASSIGN_OR_RETURN(Statement statement, connection_.Prepare(sql));
    if (!statement.is_read_only())
      return base::Internal("a snapshot cannot be written", {"sql", std::string(sql)});
    YARD_RETURN_IF_ERROR(statement.Bind(parameters));
    return statement.ForEachRow(visit);
  }

 private:
  Connection& connection_;
};

// Ends the transaction on every way out, an exception of the reading function included.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection) : connection_(connection) {}
  ~ReadTransaction() {
    connection_.SetDeadline(std::nullopt);
    if (connection_.in_transaction()) static_cast<void>(connection_.Run("ROLLBACK"));
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  base::Result<void> Begin() { return connection_.Run("BEGIN"); }

 private:
  Connection& connection_;
};

}  // namespace

ReaderPool::ReaderPool(std::filesystem::path path, SqliteOptions options)
    : path_(std::move(path)), options_(std::move(options)) {}

base::Result<void> ReaderPool::Run(Database::ReadFunction function) {
  YARD_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Take());
  struct Loan {
    ReaderPool& pool;
    std::unique_ptr<Connection> connection;
    ~Loan() { pool.GiveBack(std::move(connection)); }
  } loan{*this, std::move(connection)};
  return RunOn(*loan.connection, function);
}

base::Result<void> ReaderPool::RunOn(Connection& connection,
                                     Database::ReadFunction function) const {
  ReadTransaction transaction(connection);
  YARD_RETURN_IF_ERROR(transaction.Begin());
  if (options_.read_timeout.count() > 0)
    connection.SetDeadline(std::chrono::steady_clock::now() + options_.read_timeout);
  ReadSnapshot snapshot(connection);
  return function(snapshot);
}

base::Result<std::unique_ptr<Connection>> ReaderPool::Take() {
  {
    std::unique_lock lock(mutex_);
    const int limit = std::max(options_.reader_count, 1);
    const bool got = returned_.wait_for(lock, options_.busy_timeout,
                                        [&] { return !idle_.empty() || lent_ < limit; });
    if (!got) {
      return base::Unavailable("every reader of the database is busy; try again later")
          .WithReason("database_busy");
    }
    ++lent_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto opened = Connection::Open(path_, options_, Access::kRead);
  if (!opened.ok()) GiveBack(nullptr);
  return opened;
}

void ReaderPool::GiveBack(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    --lent_;
    // One that cannot leave its transaction would hold an old state for ever.
    if (connection != nullptr && !connection->in_transaction())
      idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace yard::storage::sqlite
