#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"

namespace yard::storage {

/// Bytes as a parameter or column, apart from text.
struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

/// A value bound to a statement or read from a column.
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;

/// A borrowed parameter: text and bytes are not copied and must live until the call returns. SQLite
/// turns a NaN into null: keep values that may be NaN inside a Blob.
class Parameter {
 public:
  Parameter(std::nullptr_t) {}
  Parameter(std::nullopt_t) {}
  Parameter(bool value) : kind_(Kind::kInteger), integer_(value ? 1 : 0) {}
  template <typename Int>
    requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>)
  Parameter(Int value) : kind_(Kind::kInteger), integer_(static_cast<int64_t>(value)) {}
  Parameter(double value) : kind_(Kind::kReal), real_(value) {}
  Parameter(std::string_view value) : kind_(Kind::kText), text_(value) {}
  Parameter(const std::string& value) : kind_(Kind::kText), text_(value) {}
  Parameter(const char* value) : kind_(Kind::kText), text_(value) {}
  Parameter(const Blob& value) : kind_(Kind::kBlob), text_(value.bytes) {}
  template <typename T>
  Parameter(const std::optional<T>& value) {
    if (value) *this = Parameter(*value);
  }

  enum class Kind { kNull, kInteger, kReal, kText, kBlob };
  Kind kind() const { return kind_; }
  int64_t integer() const { return integer_; }
  double real() const { return real_; }
  std::string_view text() const { return text_; }

 private:
  Kind kind_ = Kind::kNull;
  int64_t integer_ = 0;
  double real_ = 0;
  std::string_view text_;
};

class OwnedRow;

/// The current row of a query. Views live until the visitor returns. Columns count from 0; a column
/// of another type is converted as the database does it, null reads as 0 or empty.
class Row {
 public:
  virtual ~Row() = default;
  virtual int64_t Integer(int column) const = 0;
  virtual double Real(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;
  virtual std::string_view Bytes(int column) const = 0;
  virtual bool IsNull(int column) const = 0;
  virtual int column_count() const = 0;
  virtual OwnedRow Copy() const = 0;
};

/// A row that was copied out. Text and bytes are not converted from numbers: those read as empty.
class OwnedRow {
 public:
  explicit OwnedRow(std::vector<Value> values) : values_(std::move(values)) {}
  int64_t Integer(int column) const;
  double Real(int column) const;
  const std::string& Text(int column) const;
  const std::string& Bytes(int column) const;
  bool IsNull(int column) const;
  int column_count() const { return static_cast<int>(values_.size()); }

 private:
  std::vector<Value> values_;
};

/// The language of a database, where one text does not serve both.
enum class Dialect { kSqlite, kPostgres };

/// What can be read: a consistent state of the database. `?` marks parameters in every driver.
/// Statements are prepared once per connection and kept. Errors (reason tokens in brackets):
///   kInternal           a bad statement, or a write on a snapshot
///   kAlreadyExists      a unique or primary key is taken ("unique_violation")
///   kFailedPrecondition a foreign key is violated ("foreign_key_violation")
///   kInvalidArgument    another constraint is violated ("constraint_violation")
///   kDataLoss           the file is damaged ("database_damaged")
///   kUnavailable        the disk is full ("disk_full") or fails ("disk_error"), the server is
///   away,
///                       or all are busy ("database_busy")
///   kDeadlineExceeded   the query was cut off ("query_timeout")
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  /// Calls `visit` for each row; an error of the visitor ends the query and is returned.
  virtual base::Result<void> Query(std::string_view sql, std::span<const Parameter> parameters,
                                   base::FunctionRef<base::Result<void>(const Row&)> visit) = 0;
  /// The first row, copied, or nothing. Runs the statement to its end: say LIMIT 1 where there may
  /// be more rows.
  base::Result<std::optional<OwnedRow>> QueryOne(std::string_view sql,
                                                 std::span<const Parameter> parameters);

  template <typename... Args>
  base::Result<std::optional<OwnedRow>> QueryOne(std::string_view sql, const Args&... args) {
    const Parameter parameters[] = {Parameter(args)..., Parameter(nullptr)};
    return QueryOne(sql, std::span<const Parameter>(parameters, sizeof...(Args)));
  }
  template <typename Visit, typename... Args>
  base::Result<void> ForEach(std::string_view sql, Visit&& visit, const Args&... args) {
    const Parameter parameters[] = {Parameter(args)..., Parameter(nullptr)};
    return Query(sql, std::span<const Parameter>(parameters, sizeof...(Args)), visit);
  }
};

/// What can be written, inside one transaction. A statement that fails leaves the transaction
/// usable; returning an error from the writing function undoes everything that this function did.
class Transaction : public Snapshot {
 public:
  /// Rows changed. Use INSERT … RETURNING with QueryOne to learn a generated key.
  virtual base::Result<int64_t> Execute(std::string_view sql,
                                        std::span<const Parameter> parameters) = 0;

  /// Several statements without parameters, one after the other; for schemas.
  virtual base::Result<void> RunScript(std::string_view sql) = 0;

  template <typename... Args>
  base::Result<int64_t> Run(std::string_view sql, const Args&... args) {
    const Parameter parameters[] = {Parameter(args)..., Parameter(nullptr)};
    return Execute(sql, std::span<const Parameter>(parameters, sizeof...(Args)));
  }
};

/// Something that gathers work over a whole group commit and writes it in one piece, such as one
/// metric segment for all runs of the group. Every method is called on the writer only; only Flush
/// may fail.
class GroupParticipant {
 public:
  virtual ~GroupParticipant() = default;
  /// Before each function of the group: where to return to when that function fails.
  virtual void Mark() = 0;
  /// The function since the last Mark failed: forget what it gathered.
  virtual void Rewind() = 0;
  /// Before the commit: write what was gathered.
  virtual base::Result<void> Flush(Transaction& transaction) = 0;
  /// After the commit is durable and before any caller is released; `committed` is false when the
  /// whole group was undone.
  virtual void Finish(bool committed) = 0;
};

/// The database port. Two drivers: SQLite and PostgreSQL; both pass database_conformance.h.
/// Thread-safe.
///
/// Reads run on snapshots, on the calling thread. Writes queue for the single writer, which runs
/// everything that is waiting in one transaction (each function undone alone when it fails),
/// commits once, durably, and then releases all callers. Callers never see a lock error; a full
/// queue answers kUnavailable.
class Database {
 public:
  using ReadFunction = base::FunctionRef<base::Result<void>(Snapshot&)>;
  using WriteFunction = std::function<base::Result<void>(Transaction&)>;
  using Done = std::function<void(base::Result<void>)>;

  virtual ~Database() = default;

  virtual base::Result<void> ReadErased(ReadFunction function) = 0;

  /// Queues `function` and returns at once. `done` is called once, on the writer's thread, after
  /// the commit is durable (or failed): it must be quick and may not write. When the queue is full
  /// `done` is called at once with kUnavailable.
  virtual void Submit(WriteFunction function, Done done) = 0;

  /// Joins every later group. Register before the first write; the participant must outlive the
  /// database's writer (see StopWriter).
  virtual void AddParticipant(GroupParticipant& participant) = 0;

  /// Finishes the queued writes and refuses new ones. Idempotent; called by the destructor too.
  virtual void StopWriter() = 0;

  /// Functions waiting in the write queue.
  virtual size_t queued_writes() const = 0;

  virtual Dialect dialect() const = 0;

  /// Runs `function(Snapshot&)` and returns what it returns: a Result of anything.
  template <typename Function>
  auto Read(Function&& function) -> std::invoke_result_t<Function&, Snapshot&> {
    using Returned = std::invoke_result_t<Function&, Snapshot&>;
    if constexpr (std::is_same_v<Returned, base::Result<void>>) {
      return ReadErased(function);
    } else {
      std::optional<Returned> returned;
      auto outcome = ReadErased([&](Snapshot& snapshot) -> base::Result<void> {
        returned.emplace(function(snapshot));
        if (!returned->ok()) return returned->error();
        return {};
      });
      if (!outcome.ok()) return std::move(outcome).error();
      return *std::move(returned);
    }
  }

  /// Runs `function(Transaction&)` on the writer, waits until its effect is durable and returns
  /// what it returned. Never call it on the writer itself (inside a writing function, `done` or a
  /// participant): that is refused with kInternal.
  template <typename Function>
  auto Write(Function&& function) -> std::invoke_result_t<Function&, Transaction&> {
    using Returned = std::invoke_result_t<Function&, Transaction&>;
    if constexpr (std::is_same_v<Returned, base::Result<void>>) {
      return WriteAndWait([&function](Transaction& transaction) { return function(transaction); });
    } else {
      std::optional<Returned> returned;
      auto outcome = WriteAndWait([&](Transaction& transaction) -> base::Result<void> {
        returned.emplace(function(transaction));
        if (!returned->ok()) return returned->error();
        return {};
      });
      if (!outcome.ok()) return std::move(outcome).error();
      return *std::move(returned);
    }
  }

 protected:
  /// Drivers call this once on their writer's thread, so that waiting there is refused.
  static void MarkWriterThread();

 private:
  base::Result<void> WriteAndWait(WriteFunction function);
};

}  // namespace yard::storage
