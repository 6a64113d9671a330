#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "storage/database.h"
#include "storage/sqlite/connection.h"

namespace yard::storage::sqlite {

/// The one transaction of a group commit. Each function of the group runs in a savepoint, opened
/// before its first statement that writes: functions that write nothing cost nothing.
///
/// A statement that meets a full or failing disk, or writes to a damaged file, spoils the whole
/// group (`fault`): nothing of it may be committed any more. Writer's thread only.
class WriteTransaction final : public Transaction {
 public:
  explicit WriteTransaction(Connection& connection) : connection_(connection) {}

  base::Result<void> Begin();
  /// Runs one function; its error undoes what it did.
  base::Result<void> RunFunction(const Database::WriteFunction& function);
  base::Result<void> Commit();
  /// Undoes everything since Begin.
  void Rollback();

  /// What spoiled the group, if anything did.
  const std::optional<base::Error>& fault() const { return fault_; }

  base::Result<void> Query(std::string_view sql, std::span<const Parameter> parameters,
                           base::FunctionRef<base::Result<void>(const Row&)> visit) override;
  base::Result<int64_t> Execute(std::string_view sql,
                                std::span<const Parameter> parameters) override;
  base::Result<void> RunScript(std::string_view sql) override;

 private:
  base::Result<void> OpenSavepoint();
  base::Result<void> KeepSavepoint();
  base::Result<void> UndoSavepoint();
  base::Result<void> RunControl(std::string_view sql);
  base::Error Noted(base::Error error, bool writes);

  Connection& connection_;
  bool savepoint_is_open_ = false;
  std::optional<base::Error> fault_;
};

}  // namespace yard::storage::sqlite
