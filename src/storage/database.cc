#include "storage/database.h"

#include <charconv>
#include <condition_variable>
#include <mutex>

#include "base/log.h"

namespace yard::storage {
namespace {

thread_local bool t_is_writer = false;

// The place where one caller waits for its write. It lives on the caller's stack: `Complete`
// notifies under the lock, so the caller cannot leave before it is done with.
class Completion {
 public:
  void Complete(base::Result<void> outcome) {
    std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    is_done_ = true;
    done_.notify_one();
  }

  base::Result<void> Wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return is_done_; });
    return std::move(outcome_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  base::Result<void> outcome_;
  bool is_done_ = false;
};

template <typename Number>
Number ParseOrZero(const std::string& text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const std::string& Empty() {
  static const std::string empty;
  return empty;
}

}  // namespace

int64_t OwnedRow::Integer(int column) const {
  const Value& value = values_.at(static_cast<size_t>(column));
  if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return static_cast<int64_t>(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return ParseOrZero<int64_t>(*text);
  return 0;
}

double OwnedRow::Real(int column) const {
  const Value& value = values_.at(static_cast<size_t>(column));
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return ParseOrZero<double>(*text);
  return 0;
}

const std::string& OwnedRow::Text(int column) const {
  const Value& value = values_.at(static_cast<size_t>(column));
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  return Empty();
}

const std::string& OwnedRow::Bytes(int column) const { return Text(column); }

bool OwnedRow::IsNull(int column) const {
  return std::holds_alternative<std::monostate>(values_.at(static_cast<size_t>(column)));
}

base::Result<std::optional<OwnedRow>> Snapshot::QueryOne(std::string_view sql,
                                                         std::span<const Parameter> parameters) {
  std::optional<OwnedRow> first;
  YARD_RETURN_IF_ERROR(Query(sql, parameters, [&first](const Row& row) -> base::Result<void> {
    if (!first) first.emplace(row.Copy());
    return {};
  }));
  return first;
}

void Database::MarkWriterThread() { t_is_writer = true; }

base::Result<void> Database::WriteAndWait(WriteFunction function) {
  if (t_is_writer) {
    YARD_BUG("a write was awaited on the writer's thread");
    return base::Internal("a write was awaited on the writer's own thread");
  }
  Completion completion;
  Submit(std::move(function),
         [&completion](base::Result<void> outcome) { completion.Complete(std::move(outcome)); });
  return completion.Wait();
}

}  // namespace yard::storage
