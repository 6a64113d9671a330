#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/json/described.h"
#include "inference/formats/mlmodel_document.h"

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr size_t kMaxColumns = 100'000;

struct ColumnText {
  std::string type;
  std::string name;
  std::optional<bool> required;
  std::optional<bool> optional;  // MLflow 1
};
YARD_DESCRIBE(ColumnText, type, name, required, optional)

std::optional<DataType> TypeOf(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, DataType>, 8> kTypes = {
      {{"boolean", DataType::kBoolean},
       {"integer", DataType::kInteger},
       {"long", DataType::kLong},
       {"float", DataType::kFloat},
       {"double", DataType::kDouble},
       {"string", DataType::kString},
       {"binary", DataType::kBinary},
       {"datetime", DataType::kDatetime}}};
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

base::Error Malformed(const base::Error& error) {
  return base::InvalidArgument("the signature in MLmodel is damaged", {"problem", error.message()})
      .WithReason("malformed_mlmodel");
}

// nullopt when a column is no plain one.
Result<std::optional<std::vector<ColumnSpec>>> ParseColumns(std::string_view json) {
  std::optional<std::vector<ColumnSpec>> columns(std::in_place);
  const auto read_column = [&](base::json::Element element) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(const ColumnText text, base::json::Decode<ColumnText>(element));
    const auto type = TypeOf(text.type);
    if (!type) columns.reset();
    if (!columns) return {};
    if (columns->size() >= kMaxColumns) return base::InvalidArgument("too many columns");
    const bool required = text.required.value_or(!text.optional.value_or(false));
    columns->push_back({text.name, *type, required});
    return {};
  };
  auto read = base::json::Read(
      json, [&](base::json::Element root) { return root.ForEachItem(read_column); });
  if (!read.ok()) return Malformed(read.error());
  return columns;
}

}  // namespace

Result<Signature> ParseSignature(std::string_view inputs_json, std::string_view outputs_json) {
  Signature signature;
  if (inputs_json.empty()) return signature;
  YARD_ASSIGN_OR_RETURN(auto inputs, ParseColumns(inputs_json));
  if (!inputs) return signature;
  signature.declared = true;
  signature.inputs = *std::move(inputs);
  if (outputs_json.empty()) return signature;
  YARD_ASSIGN_OR_RETURN(auto outputs, ParseColumns(outputs_json));
  if (outputs) signature.outputs = *std::move(outputs);
  return signature;
}

}  // namespace yard::inference::formats
