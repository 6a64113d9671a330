#include "tracking/search/column_writer.h"

#include <map>
#include <tuple>
#include <utility>

#include "tracking/search/column.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

// Where a column chunk lies.
struct ChunkPlace {
  ExperimentId experiment = 0;
  int64_t chunk = 0;
  ColumnKey key;

  friend auto operator<=>(const ChunkPlace&, const ChunkPlace&) = default;
};

struct ChunkChange {
  std::vector<std::pair<size_t, double>> numbers;
  std::vector<std::pair<size_t, const std::string*>> texts;  // null: none
};

using Changes = std::map<ChunkPlace, ChunkChange>;

ChunkPlace PlaceOf(const RunRef& ref, const ColumnKey& key) {
  return {ref.experiment, ref.ordinal / kChunkRuns, key};
}

size_t SlotOf(const RunRef& ref) { return static_cast<size_t>(ref.ordinal % kChunkRuns); }

Changes ChangesOf(const std::vector<RunValues>& runs) {
  Changes changes;
  for (const RunValues& run : runs) {
    for (const auto& [key, number] : run.numbers) {
      changes[PlaceOf(run.ref, key)].numbers.emplace_back(SlotOf(run.ref), number);
    }
    for (const auto& [key, text] : run.texts) {
      changes[PlaceOf(run.ref, key)].texts.emplace_back(SlotOf(run.ref), &text);
    }
  }
  return changes;
}

// Tags are the only values that can go away. The columns know which tags there were.
base::Result<void> AddMissingTags(storage::Snapshot& snapshot, const std::vector<RunValues>& runs,
                                  Changes& changes) {
  std::map<std::pair<ExperimentId, int64_t>, std::vector<const RunValues*>> by_chunk;
  for (const RunValues& run : runs) {
    by_chunk[{run.ref.experiment, run.ref.ordinal / kChunkRuns}].push_back(&run);
  }
  for (const auto& [place, in_chunk] : by_chunk) {
    YARD_RETURN_IF_ERROR(snapshot.ForEach(
        "SELECT key FROM run_column WHERE experiment = ? AND kind = ? AND chunk = ?",
        [&](const storage::Row& row) -> base::Result<void> {
          const ColumnKey key{ColumnKind::kTag, row.Integer(0)};
          for (const RunValues* run : in_chunk) {
            if (run->texts.contains(key)) continue;
            changes[PlaceOf(run->ref, key)].texts.emplace_back(SlotOf(run->ref), nullptr);
          }
          return {};
        },
        place.first, static_cast<int>(ColumnKind::kTag), place.second));
  }
  return {};
}

base::Result<std::string> Apply(const std::optional<storage::OwnedRow>& row, const ColumnKey& key,
                                const ChunkChange& change) {
  if (HoldsNumbers(key.kind)) {
    NumberColumn column;
    if (row) {
      YARD_ASSIGN_OR_RETURN(column, NumberColumn::Decode(row->Bytes(0)));
    }
    for (const auto& [slot, number] : change.numbers) column.Set(slot, number);
    return column.Encode();
  }
  TextColumn column;
  if (row) {
    YARD_ASSIGN_OR_RETURN(column, TextColumn::Decode(row->Bytes(0)));
  }
  for (const auto& [slot, text] : change.texts) {
    column.Set(slot, text == nullptr ? std::nullopt : std::optional<std::string>(*text));
  }
  return column.Encode();
}

base::Result<void> ChangeChunk(storage::Transaction& transaction, const ChunkPlace& place,
                               const ChunkChange& change) {
  const int kind = static_cast<int>(place.key.kind);
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      transaction.QueryOne("SELECT data FROM run_column WHERE experiment = ? AND kind = ? AND "
                           "key = ? AND chunk = ?",
                           place.experiment, kind, place.key.key, place.chunk));
  YARD_ASSIGN_OR_RETURN(std::string bytes, Apply(row, place.key, change));
  const storage::Blob data{std::move(bytes)};
  return WithoutCount(transaction.Run(
      "INSERT INTO run_column (experiment, kind, key, chunk, data) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (experiment, kind, key, chunk) DO UPDATE SET data = excluded.data",
      place.experiment, kind, place.key.key, place.chunk, data));
}

}  // namespace

base::Result<void> WriteColumns(storage::Transaction& transaction,
                                const std::vector<RunValues>& runs) {
  Changes changes = ChangesOf(runs);
  YARD_RETURN_IF_ERROR(AddMissingTags(transaction, runs, changes));
  for (const auto& [place, change] : changes) {
    YARD_RETURN_IF_ERROR(ChangeChunk(transaction, place, change));
  }
  return {};
}

}  // namespace yard::tracking
