#include "app/batch_scoring.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace yard::app {
namespace {

constexpr size_t kBlockRows = 16'384;

template <typename Cells>
Cells Slice(const Cells& cells, size_t begin, size_t end) {
  return Cells(std::next(cells.begin(), static_cast<ptrdiff_t>(begin)),
               std::next(cells.begin(), static_cast<ptrdiff_t>(end)));
}

inference::Frame Block(const columnar::Table& table, size_t begin, size_t end) {
  inference::Frame frame;
  frame.row_count = end - begin;
  for (const columnar::Column& column : table.columns) {
    inference::Column part{column.name, {}};
    std::visit([&](const auto& cells) { part.cells = Slice(cells, begin, end); }, column.cells);
    frame.columns.push_back(std::move(part));
  }
  return frame;
}

std::vector<columnar::Column> EmptyColumns(const inference::Predictions& predictions,
                                           const inference::Description& description) {
  std::vector<columnar::Column> columns;
  for (size_t c = 0; c < predictions.width; ++c) {
    std::string name = "prediction";
    if (predictions.width > 1)
      name = c < description.classes.size() ? "probability_" + description.classes[c]
                                            : name + "_" + std::to_string(c);
    columnar::Column column{std::move(name), columnar::Numbers{}};
    if (predictions.kind == inference::Predictions::Kind::kText) column.cells = columnar::Texts{};
    columns.push_back(std::move(column));
  }
  return columns;
}

void Append(const inference::Predictions& predictions, std::vector<columnar::Column>& columns) {
  for (size_t row = 0; row < predictions.row_count; ++row) {
    for (size_t c = 0; c < predictions.width; ++c) {
      const double value = predictions.values[row * predictions.width + c];
      if (auto* texts = std::get_if<columnar::Texts>(&columns[c].cells)) {
        texts->emplace_back(predictions.labels[static_cast<size_t>(value)]);
      } else {
        std::get<columnar::Numbers>(columns[c].cells).push_back(value);
      }
    }
  }
}

}  // namespace

base::Result<columnar::Table> ScoreTable(const inference::Model& model, columnar::Table table,
                                         inference::PredictMethod method,
                                         const ScoringProgress& progress) {
  std::vector<columnar::Column> answers;
  for (size_t begin = 0; begin < table.row_count; begin += kBlockRows) {
    const size_t end = std::min(table.row_count, begin + kBlockRows);
    YARD_ASSIGN_OR_RETURN(const inference::Frame frame,
                          inference::EnforceSignature(model, Block(table, begin, end)));
    YARD_ASSIGN_OR_RETURN(const inference::Predictions predictions, model.Predict(frame, method));
    if (begin == 0) answers = EmptyColumns(predictions, model.description());
    Append(predictions, answers);
    progress(end, table.row_count);
  }
  for (columnar::Column& column : answers) table.columns.push_back(std::move(column));
  return table;
}

}  // namespace yard::app
