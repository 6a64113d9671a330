#include "storage/sqlite/write_transaction.h"

#include <utility>

namespace yard::storage::sqlite {
namespace {

// After these the state of the transaction is the disk's to know, not ours.
bool Spoils(const base::Error& error, bool writes) {
  if (error.code() == base::Code::kUnavailable) return true;
  return writes && error.code() == base::Code::kDataLoss;
}

}  // namespace

base::Result<void> WriteTransaction::Begin() {
  savepoint_is_open_ = false;
  fault_.reset();
  return connection_.Run("BEGIN IMMEDIATE");
}

base::Result<void> WriteTransaction::RunFunction(const Database::WriteFunction& function) {
  auto outcome = function(*this);
  if (!fault_ && !connection_.in_transaction())
    fault_ = base::Internal("the transaction was ended by a statement");
  if (fault_) return *fault_;
  if (!savepoint_is_open_) return outcome;
  YARD_RETURN_IF_ERROR(outcome.ok() ? KeepSavepoint() : UndoSavepoint());
  return outcome;
}

base::Result<void> WriteTransaction::Commit() {
  if (fault_) return *fault_;
  return connection_.Run("COMMIT");
}

void WriteTransaction::Rollback() {
  // SQLite has already gone back by itself after some errors.
  if (!connection_.in_transaction()) return;
  static_cast<void>(connection_.Run("ROLLBACK"));
}

base::Result<void> WriteTransaction::Query(
    std::string_view sql, std::span<const Parameter> parameters,
    base::FunctionRef<base::Result<void>(const Row&)> visit) {
  if (fault_) return *fault_;
  YARD_ASSIGN_OR_RETURN(Statement statement, connection_.Prepare(sql));
  const bool writes = !statement.is_read_only();
  if (writes) YARD_RETURN_IF_ERROR(OpenSavepoint());
  YARD_RETURN_IF_ERROR(statement.Bind(parameters));
  base::Result<void> visited;
  auto outcome = statement.ForEachRow([&](const Row& row) { return visited = visit(row); });
  if (!outcome.ok() && visited.ok()) return Noted(std::move(outcome).error(), writes);
  return outcome;
}

base::Result<int64_t> WriteTransaction::Execute(std::string_view sql,
                                                std::span<const Parameter> parameters) {
  YARD_RETURN_IF_ERROR(Query(sql, parameters, [](const Row&) -> base::Result<void> { return {}; }));
  return connection_.changed_rows();
}

base::Result<void> WriteTransaction::RunScript(std::string_view sql) {
  if (fault_) return *fault_;
  YARD_RETURN_IF_ERROR(OpenSavepoint());
  auto outcome = connection_.RunScript(sql);
  if (!outcome.ok()) return Noted(std::move(outcome).error(), true);
  return {};
}

base::Result<void> WriteTransaction::OpenSavepoint() {
  if (savepoint_is_open_) return {};
  YARD_RETURN_IF_ERROR(RunControl("SAVEPOINT one_function"));
  savepoint_is_open_ = true;
  return {};
}

base::Result<void> WriteTransaction::KeepSavepoint() {
  savepoint_is_open_ = false;
  return RunControl("RELEASE one_function");
}

base::Result<void> WriteTransaction::UndoSavepoint() {
  savepoint_is_open_ = false;
  YARD_RETURN_IF_ERROR(RunControl("ROLLBACK TO one_function"));
  return RunControl("RELEASE one_function");
}

// The transaction cannot go on when its own bookkeeping fails.
base::Result<void> WriteTransaction::RunControl(std::string_view sql) {
  auto outcome = connection_.Run(sql);
  if (!outcome.ok() && !fault_) fault_ = outcome.error();
  return outcome;
}

base::Error WriteTransaction::Noted(base::Error error, bool writes) {
  if (!fault_ && Spoils(error, writes)) fault_ = error;
  if (!fault_ && !connection_.in_transaction()) fault_ = error;
  return error;
}

}  // namespace yard::storage::sqlite
