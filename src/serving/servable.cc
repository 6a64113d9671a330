#include "serving/servable.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"

namespace yard::serving {

namespace {

constexpr int kRehearsals = 3;  // enough to touch every page and grow every buffer

std::optional<double> ClassNumber(std::string_view text) {
  if (text == "True" || text == "true") return 1;
  if (text == "False" || text == "false") return 0;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::vector<double> ClassNumbers(const std::vector<std::string>& classes) {
  std::vector<double> numbers;
  for (const auto& text : classes) {
    const auto number = ClassNumber(text);
    if (!number) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

inference::Frame FrameOfZeros(const InputLayout& layout) {
  inference::Frame frame;
  frame.row_count = 1;
  for (const auto& column : layout.columns()) {
    inference::Column zero{column.name, inference::NumberColumn{0}};
    if (column.kind == CellKind::kText) zero.cells = inference::TextColumn{std::string()};
    frame.columns.push_back(std::move(zero));
  }
  if (!layout.has_names()) {
    for (size_t i = 0; i < layout.feature_count(); ++i) {
      frame.columns.push_back({std::to_string(i), inference::NumberColumn{0}});
    }
  }
  return frame;
}

}  // namespace

Servable::Servable(ModelKey key, std::unique_ptr<const inference::Model> model)
    : key_(std::move(key)),
      model_(std::move(model)),
      layout_(*model_),
      class_values_(ClassNumbers(model_->description().classes)) {}

base::Result<std::shared_ptr<const Servable>> Servable::Prepare(
    ModelKey key, std::unique_ptr<const inference::Model> model, const ExampleReader& examples) {
  std::shared_ptr<Servable> servable(new Servable(std::move(key), std::move(model)));
  YARD_RETURN_IF_ERROR(servable->WarmUp(examples));
  return std::shared_ptr<const Servable>(std::move(servable));
}

base::Result<void> Servable::WarmUp(const ExampleReader& examples) {
  const auto& example = model_->description().input_example_json;
  if (examples && example) {
    const auto frame = examples(*model_, layout_, *example);
    if (frame.ok()) return Rehearse(*frame);
    base::Log(
        base::LogLevel::kWarning, "the input example of a model cannot be read",
        {{"model", key_.name}, {"version", key_.version}, {"error", frame.error().ToString()}});
  }
  // A made-up row may well be refused (an unknown category): it only warms.
  static_cast<void>(Rehearse(FrameOfZeros(layout_)));
  return {};
}

base::Result<void> Servable::Rehearse(const inference::Frame& frame) {
  // Whether there are probabilities is a property of the model, not of the row.
  const auto probabilities = model_->Predict(frame, inference::PredictMethod::kPredictProba);
  has_probabilities_ =
      model_->description().is_classifier &&
      (probabilities.ok() || probabilities.error().code() != base::Code::kUnimplemented);
  for (int i = 0; i < kRehearsals; ++i) {
    const auto predicted = model_->Predict(frame, inference::PredictMethod::kDefault);
    if (predicted.ok()) continue;
    return base::FailedPrecondition(
               "the model refuses its own input example: " + predicted.error().message(),
               {"version", key_.version})
        .WithReason("input_example_fails");
  }
  return {};
}

std::optional<size_t> Servable::ClassOf(const inference::Predictions& labels, size_t row) const {
  const double value = labels.values[row * labels.width];
  if (labels.kind == inference::Predictions::Kind::kText) {
    const auto& classes = model_->description().classes;
    const auto found =
        std::find(classes.begin(), classes.end(), labels.labels[static_cast<size_t>(value)]);
    if (found == classes.end()) return std::nullopt;
    return static_cast<size_t>(found - classes.begin());
  }
  const auto found = std::find(class_values_.begin(), class_values_.end(), value);
  if (found == class_values_.end()) return std::nullopt;
  return static_cast<size_t>(found - class_values_.begin());
}

}  // namespace yard::serving
