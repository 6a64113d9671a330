#include "serving/frame_builder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace yard::serving {

namespace {

using inference::NumberColumn;
using inference::TextColumn;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kMaxIgnoredNames = 10;

std::string NumberText(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Text as a number, as Python's float() reads it: "NaN" and "inf" in any case too.
std::optional<double> ParseNumber(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc() || rest != end) return std::nullopt;
  return value;
}

void PushMissing(inference::Column& column) {
  if (auto* numbers = std::get_if<NumberColumn>(&column.cells)) {
    numbers->push_back(kMissing);
  } else {
    std::get<TextColumn>(column.cells).emplace_back();
  }
}

/// Empties the cells and keeps their memory, unless they are of the other kind.
void Clear(inference::Column& column, CellKind kind) {
  const bool wants_text = kind == CellKind::kText;
  if (wants_text != std::holds_alternative<TextColumn>(column.cells)) {
    if (wants_text) column.cells = TextColumn();
    if (!wants_text) column.cells = NumberColumn();
    return;
  }
  std::visit([](auto& cells) { cells.clear(); }, column.cells);
}

}  // namespace

FrameBuilder& FrameBuilder::ForThread(const InputLayout& layout, CellRules rules) {
  // A few builders, so that the arms of an endpoint do not take each other's columns away.
  thread_local std::array<FrameBuilder, 4> builders;
  FrameBuilder& builder = builders[layout.id() % builders.size()];
  builder.Reset(layout, rules);
  return builder;
}

void FrameBuilder::Reset(const InputLayout& layout, CellRules rules) {
  layout_ = &layout;
  rules_ = rules;
  next_slot_ = 0;
  row_ = 0;
  label_.reset();
  ignored_names_.clear();
  frame_.row_count = 0;
  const bool is_usable = layout_id_ == layout.id() && layout.has_names() &&
                         frame_.columns.size() == layout.columns().size();
  layout_id_ = layout.id();
  if (is_usable) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      Clear(frame_.columns[i], slots_[i].kind);
      slots_[i].was_set = slots_[i].ever_set = false;
    }
    return;
  }
  slots_.clear();
  dynamic_slots_.clear();
  frame_.columns.clear();
  for (const auto& column : layout.columns()) {
    slots_.push_back({column.name, column.kind, column.takes_fractions, column.required});
    frame_.columns.push_back({column.name, NumberColumn()});
    if (column.kind == CellKind::kText) frame_.columns.back().cells = TextColumn();
  }
}

std::optional<size_t> FrameBuilder::SlotOf(std::string_view name) {
  if (!layout_->has_names()) {
    const auto known = dynamic_slots_.find(name);
    return known != dynamic_slots_.end() ? std::optional(known->second) : AddDynamicSlot(name);
  }
  const auto slot = layout_->SlotOf(name, next_slot_);
  if (slot) next_slot_ = *slot + 1;
  return slot;
}

std::optional<size_t> FrameBuilder::AddDynamicSlot(std::string_view name) {
  // Beyond the limit a column is not taken, and the model then misses it.
  if (std::max<size_t>(frame_.row_count, 1) * (slots_.size() + 1) > kMaxFrameCells) return {};
  const size_t slot = slots_.size();
  dynamic_slots_.emplace(name, slot);
  slots_.push_back({std::string(name)});
  frame_.columns.push_back({std::string(name), NumberColumn(frame_.row_count, kMissing)});
  return slot;
}

base::Result<void> FrameBuilder::BeginRow(std::optional<size_t> label) {
  label_ = label;
  next_slot_ = 0;
  row_ = frame_.row_count;
  return AppendRow();
}

base::Result<void> FrameBuilder::MoveTo(size_t row) {
  row_ = row;
  if (row == frame_.row_count) return AppendRow();
  return {};
}

base::Result<void> FrameBuilder::AppendRow() {
  if ((frame_.row_count + 1) * std::max<size_t>(slots_.size(), 1) > kMaxFrameCells) {
    return base::InvalidArgument("the request has too many cells; send it in parts",
                                 {"limit", std::to_string(kMaxFrameCells)})
        .WithReason("too_many_cells");
  }
  for (auto& slot : slots_) slot.was_set = false;
  for (auto& column : frame_.columns) PushMissing(column);
  ++frame_.row_count;
  return {};
}

void FrameBuilder::Mark(size_t slot) { slots_[slot].was_set = slots_[slot].ever_set = true; }

base::Result<void> FrameBuilder::SetNumber(size_t slot, double value) {
  Mark(slot);
  if (slots_[slot].kind == CellKind::kText) return WrongType(slot, NumberText(value));
  return PutNumber(slot, value);
}

base::Result<void> FrameBuilder::PutNumber(size_t slot, double value) {
  if (!slots_[slot].takes_fractions && std::trunc(value) != value && !std::isnan(value)) {
    return WrongType(slot, NumberText(value));
  }
  auto& cells = frame_.columns[slot].cells;
  if (auto* numbers = std::get_if<NumberColumn>(&cells)) {
    (*numbers)[row_] = value;
  } else {
    std::get<TextColumn>(cells)[row_] = NumberText(value);
  }
  return {};
}

base::Result<void> FrameBuilder::SetBoolean(size_t slot, bool value) {
  Mark(slot);
  if (slots_[slot].kind == CellKind::kText) return WrongType(slot, value ? "true" : "false");
  return PutNumber(slot, value ? 1 : 0);
}

base::Result<void> FrameBuilder::SetText(size_t slot, std::string_view text) {
  Mark(slot);
  if (slots_[slot].kind != CellKind::kNumber) {
    PutText(slot, text);
    return {};
  }
  const auto number =
      rules_ == CellRules::kLikePandas ? ParseNumber(text) : std::optional<double>();
  if (!number) return WrongType(slot, std::string(text.substr(0, 100)));
  return PutNumber(slot, *number);
}

void FrameBuilder::PutText(size_t slot, std::string_view text) {
  MakeText(slot);
  std::get<TextColumn>(frame_.columns[slot].cells)[row_] = std::string(text);
}

void FrameBuilder::MakeText(size_t slot) {
  auto& cells = frame_.columns[slot].cells;
  const auto* const numbers = std::get_if<NumberColumn>(&cells);
  if (numbers == nullptr) return;
  TextColumn texts;
  for (const double number : *numbers) {
    texts.push_back(std::isnan(number) ? std::nullopt : std::optional(NumberText(number)));
  }
  cells = std::move(texts);
}

void FrameBuilder::SetMissing(size_t slot) {
  Mark(slot);
  auto& cells = frame_.columns[slot].cells;
  if (auto* numbers = std::get_if<NumberColumn>(&cells)) {
    (*numbers)[row_] = kMissing;
  } else {
    std::get<TextColumn>(cells)[row_].reset();
  }
}

base::Result<void> FrameBuilder::CheckRow() const {
  if (!layout_->has_names()) return {};
  for (const auto& slot : slots_) {
    if (!slot.was_set && slot.required) return MissingColumn(slot);
  }
  return {};
}

void FrameBuilder::Ignore(std::string_view name) {
  if (ignored_names_.size() < kMaxIgnoredNames) ignored_names_.emplace_back(name);
}

base::Result<inference::Frame> FrameBuilder::Take(const inference::Model& model) {
  for (const auto& slot : slots_) {
    if (!slot.ever_set && slot.required && layout_->has_names()) return MissingColumn(slot);
  }
  return inference::EnforceSignature(model, std::move(frame_));
}

void FrameBuilder::Recycle(inference::Frame frame) { frame_ = std::move(frame); }

base::Error FrameBuilder::WrongType(size_t slot, std::string value) const {
  const Slot& column = slots_[slot];
  const char* const expected = column.kind == CellKind::kText ? "text"
                               : column.takes_fractions       ? "a number"
                                                              : "an integer";
  return base::InvalidArgument(std::string("a column takes ") + expected, {"column", column.name},
                               {"row", std::to_string(label_.value_or(row_))})
      .With({"value", std::move(value)})
      .With({"expected", expected})
      .WithReason("wrong_type");
}

base::Error FrameBuilder::MissingColumn(const Slot& slot) const {
  std::string extra;
  for (const auto& name : ignored_names_) extra.append(extra.empty() ? "" : ", ").append(name);
  auto error =
      base::InvalidArgument("the model needs a column that is missing", {"column", slot.name},
                            {"row", std::to_string(label_.value_or(row_))});
  if (!extra.empty()) error = std::move(error).With({"extra", extra});
  return std::move(error).WithReason("missing_column");
}

}  // namespace yard::serving
