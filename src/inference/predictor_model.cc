#include "inference/predictor_model.h"

#include <algorithm>
#include <utility>

namespace yard::inference {
namespace {

using estimators::Classes;
using estimators::ColumnView;
using estimators::Matrix;
using estimators::Scratch;
using estimators::Table;

// Large enough that a big forest's trees are read from memory seldom. The first block is small:
// what it takes tells how many rows of this model fit.
constexpr size_t kMaxBlockRows = 2048;
constexpr size_t kFirstBlockRows = 64;
constexpr size_t kBlockBytes = size_t{8} << 20;

size_t NextBlockRows(size_t row_count, const Scratch& scratch) {
  const size_t row_bytes = scratch.used_bytes() / row_count + 1;
  return std::clamp<size_t>(kBlockBytes / row_bytes, 1, kMaxBlockRows);
}

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

const ColumnView* FindColumn(const Table& table, size_t expected, std::string_view name) {
  if (expected < table.width() && table.columns[expected].name == name) {
    return &table.columns[expected];
  }
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [name](const ColumnView& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

bool HasAnyName(const Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const ColumnView& column) { return !column.name.empty(); });
}

/// Positions of classes become the classes themselves; text stays a position, into `labels`.
void ToLabels(const Classes& classes, std::span<double> positions) {
  if (classes.kind == Predictions::Kind::kText) return;
  for (double& position : positions) position = classes.numbers[static_cast<size_t>(position)];
}

base::Result<void> CheckFrame(const Frame& frame) {
  for (const Column& column : frame.columns) {
    const size_t size = std::visit([](const auto& cells) { return cells.size(); }, column.cells);
    if (size == frame.row_count) continue;
    return base::InvalidArgument("a column has another number of rows", {"column", column.name})
        .WithReason("ragged_frame");
  }
  return {};
}

}  // namespace

PredictorModel::PredictorModel(estimators::PredictorPtr root, Signature signature,
                               Description description, DefaultAnswer default_answer)
    : root_(std::move(root)),
      signature_(std::move(signature)),
      description_(std::move(description)),
      default_answer_(default_answer),
      row_microseconds_(root_->row_microseconds()) {}

PredictorModel::Answer PredictorModel::AnswerTo(PredictMethod method) const {
  if (method == PredictMethod::kPredictProba) return Answer::kProbabilities;
  if (method == PredictMethod::kPredict) return Answer::kLabelsOrValues;
  switch (default_answer_) {
    case DefaultAnswer::kPredictProba:
      return Answer::kProbabilities;
    case DefaultAnswer::kObjectiveOutput:
      return Answer::kObjectiveOutput;
    case DefaultAnswer::kPredict:
      break;
  }
  return Answer::kLabelsOrValues;
}

bool PredictorModel::AnswersClasses(Answer answer) const {
  return answer == Answer::kLabelsOrValues && root_->classes() != nullptr;
}

base::Result<Matrix> PredictorModel::Compute(const Table& table, Answer answer,
                                             Scratch& scratch) const {
  switch (answer) {
    case Answer::kProbabilities:
      return root_->PredictProba(table, scratch);
    case Answer::kObjectiveOutput:
      return root_->PredictDefault(table, scratch);
    case Answer::kLabelsOrValues:
      break;
  }
  return root_->Predict(table, scratch);
}

base::Result<Table> PredictorModel::InFittedOrder(const Table& table, Scratch& scratch) const {
  const std::vector<std::string>& names = description_.feature_names;
  if (names.empty() || HasNames(table, names) || !HasAnyName(table)) return table;
  const auto columns = scratch.Allocate<ColumnView>(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    const ColumnView* column = FindColumn(table, i, names[i]);
    // The step that needs the column says so; a column transformer may do without it.
    if (column == nullptr) return table;
    columns[i] = *column;
  }
  return Table{table.row_count, table.first_row, columns};
}

base::Result<Predictions> PredictorModel::Predict(const Frame& frame, PredictMethod method) const {
  YARD_RETURN_IF_ERROR(CheckFrame(frame));
  const Answer answer = AnswerTo(method);
  Predictions predictions;
  predictions.row_count = frame.row_count;
  if (AnswersClasses(answer)) {
    predictions.kind = root_->classes()->kind;
    predictions.labels = root_->classes()->texts;
  }
  Scratch& scratch = ThreadScratch();
  size_t count = std::min(kFirstBlockRows, frame.row_count);
  for (size_t first = 0; first < frame.row_count;) {
    scratch.Reset();
    YARD_ASSIGN_OR_RETURN(
        const Table table,
        InFittedOrder(estimators::TableOf(frame, first, count, scratch), scratch));
    YARD_ASSIGN_OR_RETURN(const Matrix block, Compute(table, answer, scratch));
    if (AnswersClasses(answer)) ToLabels(*root_->classes(), block.values);
    predictions.width = block.width;
    predictions.is_matrix = block.is_matrix;
    predictions.values.insert(predictions.values.end(), block.values.begin(), block.values.end());
    first += count;
    count = std::min(NextBlockRows(count, scratch), frame.row_count - first);
  }
  return predictions;
}

}  // namespace yard::inference
