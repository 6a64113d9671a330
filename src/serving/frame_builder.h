#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/model.h"
#include "serving/input_layout.h"

namespace yard::serving {

/// The most cells of one request.
inline constexpr size_t kMaxFrameCells = 10'000'000;

/// How strictly cells are taken.
enum class CellRules {
  kExact,      // text is never a number: a typed client that sends "3" for 3 has a bug
  kLikePandas  // numeric text counts as a number, as MLflow's server casts it
};

/// Fills the columns of a frame row by row, cell by cell, in any order of names, checking each cell
/// against the layout. The memory of the columns is kept from one request to the next. Not
/// thread-safe: ForThread gives each thread its own.
///
/// Errors of the setters: kInvalidArgument, reason "wrong_type", details "column", "row",
/// "expected" and "value" (the one cell).
class FrameBuilder {
 public:
  /// This thread's builder for `layout`, empty. At most one frame is built at a time.
  static FrameBuilder& ForThread(const InputLayout& layout, CellRules rules);

  /// The slot of a column; models that take what comes get a new column for a new name. Nothing:
  /// the model does not know this name and ignores it.
  std::optional<size_t> SlotOf(std::string_view name);

  // Rows. Errors: kInvalidArgument, reason "too_many_cells", beyond kMaxFrameCells.

  /// Appends a row of missing values and moves to it. `label` is its number in error messages, when
  /// that differs from its place in the frame.
  base::Result<void> BeginRow(std::optional<size_t> label = {});
  /// Moves to row `row`, which is appended when it is the next one: for input by columns.
  base::Result<void> MoveTo(size_t row);
  /// Notes that the input has this column, even if it has no row.
  void NoteColumn(size_t slot) { slots_[slot].ever_set = true; }
  size_t row_count() const { return frame_.row_count; }
  CellKind KindOf(size_t slot) const { return slots_[slot].kind; }

  // Cells of the current row.

  base::Result<void> SetNumber(size_t slot, double value);
  base::Result<void> SetText(size_t slot, std::string_view text);
  base::Result<void> SetBoolean(size_t slot, bool value);
  void SetMissing(size_t slot);
  /// Every required column must have been set (a missing value counts) in this row. Errors:
  /// kInvalidArgument, reason "missing_column", details "column" and "row".
  base::Result<void> CheckRow() const;

  /// The names that came and that the model does not know, up to ten, for error messages.
  const std::vector<std::string>& ignored_names() const { return ignored_names_; }
  /// Notes a name for ignored_names().
  void Ignore(std::string_view name);

  /// The frame, checked once more by the model's own signature. Give it back with Recycle when
  /// done. Errors: as inference::EnforceSignature.
  base::Result<inference::Frame> Take(const inference::Model& model);
  void Recycle(inference::Frame frame);

 private:
  struct Slot {
    std::string name;
    CellKind kind = CellKind::kAny;
    bool takes_fractions = true;
    bool required = true;
    bool was_set = false;  // in the current row
    bool ever_set = false;
  };

  void Reset(const InputLayout& layout, CellRules rules);
  std::optional<size_t> AddDynamicSlot(std::string_view name);
  base::Result<void> PutNumber(size_t slot, double value);
  void PutText(size_t slot, std::string_view text);
  void MakeText(size_t slot);
  base::Result<void> AppendRow();
  void Mark(size_t slot);
  base::Error WrongType(size_t slot, std::string value) const;
  base::Error MissingColumn(const Slot& slot) const;

  const InputLayout* layout_ = nullptr;  // during one request only
  uint64_t layout_id_ = 0;
  CellRules rules_ = CellRules::kExact;
  std::vector<Slot> slots_;
  std::map<std::string, size_t, std::less<>> dynamic_slots_;
  std::vector<std::string> ignored_names_;
  inference::Frame frame_;
  size_t next_slot_ = 0;  // where the next name is expected
  size_t row_ = 0;
  std::optional<size_t> label_;
};

}  // namespace yard::serving
