#include "protocols/scoring/json_input.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/json/reader.h"
#include "protocols/scoring/cells.h"

namespace yard::protocols::scoring {

namespace {

using base::json::Element;
using base::json::Kind;
using serving::FrameBuilder;

constexpr std::array<std::string_view, 4> kFormats = {"dataframe_split", "dataframe_records",
                                                      "instances", "inputs"};
constexpr std::string_view kExpectation =
    "The input must be a JSON dictionary with exactly one of the input fields "
    "{'dataframe_split', 'dataframe_records', 'instances', 'inputs'}";

base::Error BadInput(std::string message) {
  return base::InvalidArgument(std::move(message)).WithReason("bad_input");
}

/// What the root object holds. Views live as long as the document is being read.
struct Envelope {
  std::string_view format;
  std::string_view data;
  std::string_view params;
  std::string fields;  // the names of the formats that came, for the error message
  int format_count = 0;
};

base::Result<Envelope> ReadEnvelope(Element root) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, root.kind());
  if (kind != Kind::kObject) return BadInput(std::string(kExpectation) + ". Received a list.");
  Envelope envelope;
  YARD_RETURN_IF_ERROR(
      root.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
        if (name == "params") {
          YARD_ASSIGN_OR_RETURN(envelope.params, value.Raw());
          return {};
        }
        const auto format = std::find(kFormats.begin(), kFormats.end(), name);
        if (format == kFormats.end()) return {};
        envelope.format = *format;
        ++envelope.format_count;
        envelope.fields.append(envelope.fields.empty() ? "'" : ", '").append(name).append("'");
        YARD_ASSIGN_OR_RETURN(envelope.data, value.Raw());
        return {};
      }));
  if (envelope.format_count == 1) return envelope;
  return BadInput(std::string(kExpectation) + ". Received dictionary with input fields: [" +
                  envelope.fields + "].");
}

base::Result<std::string> ReadPredictMethod(std::string_view params) {
  std::string method;
  if (params.empty() || params == "null") return method;
  if (!params.starts_with('{')) return BadInput("params must be a JSON dictionary.");
  YARD_RETURN_IF_ERROR(base::json::Read(params, [&](Element root) {
    return root.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
      if (name != "predict_method") return {};
      YARD_ASSIGN_OR_RETURN(method, value.String());
      return {};
    });
  }));
  return method;
}

/// Slots for input without names: in the model's order where it has no signature that says names.
base::Result<std::vector<std::optional<size_t>>> SlotsByPosition(FrameBuilder& builder,
                                                                 const inference::Model& model,
                                                                 size_t width) {
  const auto& names = model.description().feature_names;
  const bool by_feature = !model.signature().declared && names.size() == width;
  std::vector<std::optional<size_t>> slots;
  for (size_t i = 0; i < width; ++i) {
    const std::string name = by_feature ? names[i] : std::to_string(i);
    slots.push_back(builder.SlotOf(name));
    if (!slots.back()) builder.Ignore(name);
  }
  return slots;
}

/// A list whose items are rows: objects, lists or, for models of one column, scalars.
class RowReader {
 public:
  enum class Sparse { kAllowed, kRefused };

  RowReader(FrameBuilder& builder, const inference::Model& model, Sparse sparse)
      : builder_(builder), model_(model), sparse_(sparse) {}

  base::Result<void> ReadRows(Element list) {
    return list.ForEachItem([this](Element row) { return ReadRow(row); });
  }

  base::Result<void> ReadRow(Element row) {
    YARD_RETURN_IF_ERROR(builder_.BeginRow());
    YARD_ASSIGN_OR_RETURN(const Kind kind, row.kind());
    if (kind == Kind::kArray) return ReadList(row);
    if (kind != Kind::kObject) return ReadScalar(row);
    YARD_RETURN_IF_ERROR(SetCellsByName(builder_, row));
    if (sparse_ == Sparse::kRefused) return builder_.CheckRow();
    return {};
  }

  void UseSlots(std::vector<std::optional<size_t>> slots) {
    slots_ = std::move(slots);
    has_slots_ = true;
  }

 private:
  base::Result<void> ReadScalar(Element scalar) {
    if (!has_slots_) YARD_RETURN_IF_ERROR(FindSlots(1));
    if (slots_.size() != 1) return WrongWidth(1);
    const std::optional<size_t> slot = slots_[0];
    if (!slot) return {};
    return SetCell(builder_, *slot, scalar);
  }

  base::Result<void> ReadList(Element row) {
    if (!has_slots_) return ReadFirstList(row);
    size_t width = 0;
    YARD_RETURN_IF_ERROR(row.ForEachItem([&](Element cell) -> base::Result<void> {
      const size_t index = width++;
      if (index >= slots_.size()) return WrongWidth(width);
      return slots_[index] ? SetCell(builder_, *slots_[index], cell) : base::Result<void>();
    }));
    if (width != slots_.size()) return WrongWidth(width);
    return {};
  }

  /// The first row says how many columns there are, and is read a second time for its cells.
  base::Result<void> ReadFirstList(Element row) {
    YARD_ASSIGN_OR_RETURN(const std::string_view text, row.Raw());
    size_t width = 0;
    YARD_RETURN_IF_ERROR(base::json::Read(text, [&](Element root) {
      return root.ForEachItem([&](Element) -> base::Result<void> {
        ++width;
        return {};
      });
    }));
    YARD_RETURN_IF_ERROR(FindSlots(width));
    return base::json::Read(text, [&](Element root) { return ReadList(root); });
  }

  base::Result<void> FindSlots(size_t width) {
    YARD_ASSIGN_OR_RETURN(auto slots, SlotsByPosition(builder_, model_, width));
    UseSlots(std::move(slots));
    return {};
  }

  base::Error WrongWidth(size_t width) const {
    return BadInput("Row " + std::to_string(builder_.row_count() - 1) + " has " +
                    std::to_string(width) + " values where " + std::to_string(slots_.size()) +
                    " are expected.");
  }

  FrameBuilder& builder_;
  const inference::Model& model_;
  const Sparse sparse_;
  std::vector<std::optional<size_t>> slots_;
  bool has_slots_ = false;
};

struct Split {
  std::string_view data;
  std::vector<std::string> columns;
  bool has_columns = false;
};

base::Result<void> ReadColumnNames(Element value, Split& split) {
  YARD_ASSIGN_OR_RETURN(const bool is_null, value.IsNull());
  if (is_null) return {};
  split.has_columns = true;
  return value.ForEachItem([&](Element item) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const Kind kind, item.kind());
    if (kind == Kind::kString) {
      YARD_ASSIGN_OR_RETURN(const std::string_view name, item.String());
      split.columns.emplace_back(name);
      return {};
    }
    YARD_ASSIGN_OR_RETURN(const std::string_view number, item.Raw());
    split.columns.emplace_back(number);
    return {};
  });
}

base::Result<Split> ReadSplitFields(Element root) {
  Split split;
  bool has_data = false;
  YARD_RETURN_IF_ERROR(
      root.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
        if (name == "columns") return ReadColumnNames(value, split);
        if (name == "index") return {};
        if (name != "data") {
          return BadInput(
              "Dataframe split format must have 'data' field and optionally 'columns' and 'index' "
              "fields.");
        }
        has_data = true;
        YARD_ASSIGN_OR_RETURN(split.data, value.Raw());
        return {};
      }));
  if (!has_data) {
    return BadInput(
        "Dataframe split format must have 'data' field and optionally 'columns' and 'index' "
        "fields.");
  }
  return split;
}

base::Result<void> ReadSplit(Element root, FrameBuilder& builder, const inference::Model& model) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, root.kind());
  if (kind != Kind::kObject) {
    return BadInput("Dataframe split format must be a dictionary. Got list.");
  }
  YARD_ASSIGN_OR_RETURN(const Split split, ReadSplitFields(root));
  RowReader rows(builder, model, RowReader::Sparse::kAllowed);
  if (split.has_columns) {
    std::vector<std::optional<size_t>> slots;
    for (const auto& name : split.columns) {
      const std::optional<size_t> slot = builder.SlotOf(name);
      if (slot) builder.NoteColumn(*slot);
      if (!slot) builder.Ignore(name);
      slots.push_back(slot);
    }
    rows.UseSlots(std::move(slots));
  }
  if (!split.data.starts_with('[')) return BadInput("'data' must be a list of rows.");
  return base::json::Read(split.data, [&](Element data) { return rows.ReadRows(data); });
}

base::Result<void> ReadRecords(Element root, FrameBuilder& builder, const inference::Model& model) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, root.kind());
  if (kind != Kind::kArray) {
    return BadInput("Dataframe records format must be a list of records. Got dictionary.");
  }
  RowReader rows(builder, model, RowReader::Sparse::kAllowed);
  return rows.ReadRows(root);
}

/// Fills columns from {"name": [cells], ...}; a scalar is a column of one cell.
class ColumnReader {
 public:
  explicit ColumnReader(FrameBuilder& builder) : builder_(builder) {}

  base::Result<void> Read(Element root) {
    YARD_RETURN_IF_ERROR(
        root.ForEachField([this](std::string_view name, Element value) -> base::Result<void> {
          const auto slot = builder_.SlotOf(name);
          if (slot) return ReadColumn(*slot, value);
          builder_.Ignore(name);
          return {};
        }));
    if (has_ragged_columns_) {
      return BadInput("The length of values for each input/column name are not the same");
    }
    return {};
  }

 private:
  base::Result<void> ReadColumn(size_t slot, Element value) {
    builder_.NoteColumn(slot);
    size_t length = 0;
    YARD_ASSIGN_OR_RETURN(const Kind kind, value.kind());
    if (kind == Kind::kArray) {
      YARD_RETURN_IF_ERROR(value.ForEachItem([&](Element cell) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(builder_.MoveTo(length++));
        return SetCell(builder_, slot, cell);
      }));
    } else {
      length = 1;
      YARD_RETURN_IF_ERROR(builder_.MoveTo(0));
      YARD_RETURN_IF_ERROR(SetCell(builder_, slot, value));
    }
    if (!length_) length_ = length;
    if (*length_ != length) has_ragged_columns_ = true;
    return {};
  }

  FrameBuilder& builder_;
  std::optional<size_t> length_;
  bool has_ragged_columns_ = false;
};

base::Result<void> ReadTensors(std::string_view data, FrameBuilder& builder,
                               const inference::Model& model) {
  return base::json::Read(data, [&](Element root) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const Kind kind, root.kind());
    if (kind == Kind::kObject) return ColumnReader(builder).Read(root);
    return RowReader(builder, model, RowReader::Sparse::kRefused).ReadRows(root);
  });
}

base::Result<void> ReadInstances(std::string_view data, FrameBuilder& builder,
                                 const inference::Model& model) {
  return base::json::Read(data, [&](Element root) -> base::Result<void> {
    RowReader rows(builder, model, RowReader::Sparse::kRefused);
    YARD_ASSIGN_OR_RETURN(const Kind kind, root.kind());
    return kind == Kind::kObject ? rows.ReadRow(root) : rows.ReadRows(root);
  });
}

base::Result<void> ReadData(const Envelope& envelope, FrameBuilder& builder,
                            const inference::Model& model) {
  const bool is_document = envelope.data.starts_with('{') || envelope.data.starts_with('[');
  if (!is_document) return BadInput("'" + std::string(envelope.format) + "' holds no rows.");
  if (envelope.format == "inputs") return ReadTensors(envelope.data, builder, model);
  if (envelope.format == "instances") return ReadInstances(envelope.data, builder, model);
  return base::json::Read(envelope.data, [&](Element root) {
    const bool is_split = envelope.format == "dataframe_split";
    return is_split ? ReadSplit(root, builder, model) : ReadRecords(root, builder, model);
  });
}

}  // namespace

base::Result<JsonInput> ReadJsonInput(std::string_view body, FrameBuilder& builder,
                                      const inference::Model& model) {
  JsonInput input;
  YARD_RETURN_IF_ERROR(base::json::Read(body, [&](Element root) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const Envelope envelope, ReadEnvelope(root));
    YARD_ASSIGN_OR_RETURN(input.predict_method, ReadPredictMethod(envelope.params));
    return ReadData(envelope, builder, model);
  }));
  YARD_ASSIGN_OR_RETURN(input.frame, builder.Take(model));
  return input;
}

}  // namespace yard::protocols::scoring
