#include "tracking/name_table.h"

#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

constexpr size_t kMaxRemembered = 50'000;

}  // namespace

base::Result<NameId> NameTable::Intern(storage::Transaction& transaction, std::string_view text) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
  }
  if (const auto found = staged_.find(text); found != staged_.end()) return found->second;
  YARD_ASSIGN_OR_RETURN(const auto known,
                        transaction.QueryOne("SELECT id FROM name WHERE text = ?", text));
  if (known) {
    const NameId id = known->Integer(0);
    Remember(text, id);
    return id;
  }
  YARD_ASSIGN_OR_RETURN(
      const NameId id,
      FirstInteger(transaction.QueryOne("INSERT INTO name (text) VALUES (?) RETURNING id", text)));
  staged_.emplace(text, id);
  staged_order_.emplace_back(text);
  return id;
}

base::Result<std::optional<NameId>> NameTable::Find(storage::Snapshot& snapshot,
                                                    std::string_view text) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = ids_.find(text); found != ids_.end()) {
      return std::optional<NameId>(found->second);
    }
  }
  YARD_ASSIGN_OR_RETURN(const auto known,
                        snapshot.QueryOne("SELECT id FROM name WHERE text = ?", text));
  if (!known) return std::optional<NameId>();
  Remember(text, known->Integer(0));
  return std::optional<NameId>(known->Integer(0));
}

base::Result<std::string> NameTable::Text(storage::Snapshot& snapshot, NameId id) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = texts_.find(id); found != texts_.end()) return found->second;
  }
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot.QueryOne("SELECT text FROM name WHERE id = ?", id));
  if (!row) {
    return base::DataLoss("a key has no name", {"name_id", std::to_string(id)});
  }
  Remember(row->Text(0), id);
  return row->Text(0);
}

void NameTable::Rewind() {
  while (staged_order_.size() > marked_) {
    staged_.erase(staged_order_.back());
    staged_order_.pop_back();
  }
}

void NameTable::Finish(bool committed) {
  if (committed) {
    for (const auto& [text, id] : staged_) Remember(text, id);
  }
  staged_.clear();
  staged_order_.clear();
  marked_ = 0;
}

void NameTable::Remember(std::string_view text, NameId id) {
  std::lock_guard lock(mutex_);
  if (ids_.size() >= kMaxRemembered) {
    ids_.clear();
    texts_.clear();
  }
  ids_.emplace(text, id);
  texts_.emplace(id, text);
}

}  // namespace yard::tracking
