#include "storage/sqlite/group_writer.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/log.h"

namespace yard::storage::sqlite {
namespace {

// What our callers hand in may throw; the writer must go on.
template <typename Function>
base::Result<void> Guarded(Function&& function) {
  try {
    return function();
  } catch (const std::exception& exception) {
    return base::Internal("a writing function threw", {"what", exception.what()});
  } catch (...) {
    return base::Internal("a writing function threw");
  }
}

void Release(Database::Done& done, base::Result<void> outcome) {
  auto released = Guarded([&]() -> base::Result<void> {
    done(std::move(outcome));
    return {};
  });
  if (!released.ok()) {
    base::Log(base::LogLevel::kError, "a completion threw",
              {{"error", released.error().ToString()}});
  }
}

}  // namespace

GroupWriter::GroupWriter(std::unique_ptr<Connection> connection, size_t queue_limit,
                         WriterTelemetry telemetry, std::function<void()> on_start)
    : connection_(std::move(connection)),
      transaction_(*connection_),
      telemetry_(telemetry),
      queue_limit_(queue_limit),
      thread_([this, start = std::move(on_start)] {
        start();
        Loop();
      }) {}

GroupWriter::~GroupWriter() { Stop(); }

void GroupWriter::Submit(Database::WriteFunction function, Database::Done done) {
  auto admitted = Admit(function, done);
  if (admitted.ok()) return;
  telemetry_.CountRefused();
  Release(done, std::move(admitted));
}

// Moves both into the queue, or leaves them with the caller. The writer looks at the queue again
// after every group, so only the first function of an empty queue has to wake it.
base::Result<void> GroupWriter::Admit(Database::WriteFunction& function, Database::Done& done) {
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_)
      return base::Unavailable("the database is closing").WithReason("database_closing");
    if (queue_.size() >= queue_limit_) {
      return base::Unavailable("too many writes are waiting; try again later")
          .WithReason("write_queue_full");
    }
    was_empty = queue_.empty();
    queue_.push_back(Task{std::move(function), std::move(done), {}});
  }
  if (was_empty) wake_.notify_one();
  return {};
}

void GroupWriter::AddParticipant(GroupParticipant& participant) {
  std::lock_guard lock(mutex_);
  participants_.push_back(&participant);
}

void GroupWriter::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  std::call_once(joined_, [this] { thread_.join(); });
}

size_t GroupWriter::queued() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void GroupWriter::Loop() {
  Group group;  // swapped with the queue, so that both keep their memory
  while (WaitForGroup(group)) {
    RunGroup(group);
    group.clear();
  }
}

bool GroupWriter::WaitForGroup(Group& group) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  group.swap(queue_);
  group_participants_ = participants_;
  return !group.empty();
}

void GroupWriter::RunGroup(Group& group) {
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = RunTransaction(group);
  for (GroupParticipant* participant : group_participants_) participant->Finish(outcome.ok());
  telemetry_.CountGroup(group.size(), std::chrono::steady_clock::now() - start, outcome);
  for (Task& task : group) {
    if (!outcome.ok()) task.outcome = outcome;
    Release(task.done, std::move(task.outcome));
  }
}

base::Result<void> GroupWriter::RunTransaction(Group& group) {
  YARD_RETURN_IF_ERROR(transaction_.Begin());
  auto outcome = RunFunctions(group);
  if (outcome.ok()) outcome = FlushParticipants();
  if (outcome.ok()) outcome = transaction_.Commit();
  if (!outcome.ok()) transaction_.Rollback();
  return outcome;
}

base::Result<void> GroupWriter::RunFunctions(Group& group) {
  for (Task& task : group) {
    RunTask(task);
    if (const auto& fault = transaction_.fault(); fault.has_value()) return *fault;
  }
  return {};
}

void GroupWriter::RunTask(Task& task) {
  for (GroupParticipant* participant : group_participants_) participant->Mark();
  task.outcome = transaction_.RunFunction([&task](Transaction& transaction) {
    return Guarded([&] { return task.function(transaction); });
  });
  if (task.outcome.ok()) return;
  for (GroupParticipant* participant : group_participants_) participant->Rewind();
}

base::Result<void> GroupWriter::FlushParticipants() {
  return transaction_.RunFunction([this](Transaction& transaction) {
    return Guarded([&]() -> base::Result<void> {
      for (GroupParticipant* participant : group_participants_)
        YARD_RETURN_IF_ERROR(participant->Flush(transaction));
      return {};
    });
  });
}

}  // namespace yard::storage::sqlite
