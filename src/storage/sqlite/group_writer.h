#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/write_transaction.h"
#include "storage/sqlite/writer_telemetry.h"

namespace yard::storage::sqlite {

/// The single writer: takes everything that is waiting, runs it in one transaction, commits once,
/// then releases all callers. It never waits for more work to come, so a lone write is not delayed.
class GroupWriter {
 public:
  /// `on_start` runs first on the writer's thread.
  GroupWriter(std::unique_ptr<Connection> connection, size_t queue_limit, WriterTelemetry telemetry,
              std::function<void()> on_start);
  ~GroupWriter();

  void Submit(Database::WriteFunction function, Database::Done done);
  void AddParticipant(GroupParticipant& participant);
  /// Finishes what is queued, then ends the thread. Idempotent.
  void Stop();
  size_t queued() const;

 private:
  struct Task {
    Database::WriteFunction function;
    Database::Done done;
    base::Result<void> outcome;
  };
  using Group = std::vector<Task>;

  base::Result<void> Admit(Database::WriteFunction& function, Database::Done& done);
  void Loop();
  bool WaitForGroup(Group& group);
  void RunGroup(Group& group);
  base::Result<void> RunTransaction(Group& group);
  base::Result<void> RunFunctions(Group& group);
  base::Result<void> FlushParticipants();
  void RunTask(Task& task);

  std::unique_ptr<Connection> connection_;
  WriteTransaction transaction_;
  WriterTelemetry telemetry_;
  const size_t queue_limit_;
  std::vector<GroupParticipant*> group_participants_;  // the writer's own copy

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Group queue_;
  std::vector<GroupParticipant*> participants_;
  bool stopping_ = false;

  std::once_flag joined_;
  std::thread thread_;  // last: it uses everything above
};

}  // namespace yard::storage::sqlite
