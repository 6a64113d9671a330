#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "storage/database.h"

namespace yard::tracking {

using NameId = int64_t;

/// The numbers of the keys of metrics, params and tags. Remembers what was asked for, up to a
/// bound; the rest is in table `name`.
///
/// Intern, Mark, Rewind and Finish belong to the writer; the others may be called from any thread.
class NameTable {
 public:
  /// The number of `text`, made at first use.
  base::Result<NameId> Intern(storage::Transaction& transaction, std::string_view text);

  /// The number of `text` if it was ever used.
  base::Result<std::optional<NameId>> Find(storage::Snapshot& snapshot, std::string_view text);
  base::Result<std::string> Text(storage::Snapshot& snapshot, NameId id);

  // Names that were made in a transaction count for the others once it is committed.
  void Mark() { marked_ = staged_order_.size(); }
  void Rewind();
  void Finish(bool committed);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using IdByText = std::unordered_map<std::string, NameId, Hash, std::equal_to<>>;

  void Remember(std::string_view text, NameId id);

  std::mutex mutex_;
  IdByText ids_;
  std::unordered_map<NameId, std::string> texts_;
  // Of the open transaction; the writer's own.
  IdByText staged_;
  std::vector<std::string> staged_order_;
  size_t marked_ = 0;
};

}  // namespace yard::tracking
