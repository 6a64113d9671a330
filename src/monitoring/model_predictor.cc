#include "monitoring/model_predictor.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "inference/model.h"
#include "registry/registry_service.h"

namespace yard::monitoring {
namespace {

inference::Frame FrameOf(const columnar::Table& table) {
  inference::Frame frame;
  frame.row_count = table.row_count;
  for (const auto& column : table.columns) frame.columns.push_back({column.name, column.cells});
  return frame;
}

columnar::Column NumbersOf(const inference::Predictions& predictions, size_t column) {
  columnar::Numbers numbers;
  numbers.reserve(predictions.row_count);
  for (size_t row = 0; row < predictions.row_count; ++row) {
    numbers.push_back(predictions.values.at(row * predictions.width + column));
  }
  return {"prediction", std::move(numbers)};
}

columnar::Column TextsOf(const inference::Predictions& predictions) {
  columnar::Texts texts;
  texts.reserve(predictions.row_count);
  for (size_t row = 0; row < predictions.row_count; ++row) {
    const double value = predictions.values.at(row * predictions.width);
    if (predictions.kind == inference::Predictions::Kind::kText) {
      texts.emplace_back(predictions.labels.at(static_cast<size_t>(value)));
    } else {
      texts.emplace_back(std::to_string(static_cast<int64_t>(value)));
    }
  }
  return {"prediction", std::move(texts)};
}

base::Result<columnar::Column> PredictWith(const inference::Model& model,
                                           const columnar::Table& table) {
  YARD_ASSIGN_OR_RETURN(const auto frame, inference::EnforceSignature(model, FrameOf(table)));
  const auto& description = model.description();
  if (!description.is_classifier) {
    YARD_ASSIGN_OR_RETURN(const auto values,
                          model.Predict(frame, inference::PredictMethod::kPredict));
    return NumbersOf(values, 0);
  }
  const auto scores = model.Predict(frame, inference::PredictMethod::kPredictProba);
  if (scores.ok() && scores->width == 2) return NumbersOf(*scores, 1);
  YARD_ASSIGN_OR_RETURN(const auto labels,
                        model.Predict(frame, inference::PredictMethod::kPredict));
  return TextsOf(labels);
}

class FromRegistry final : public ModelPredictor {
 public:
  explicit FromRegistry(registry::RegistryService& registry) : registry_(registry) {}

  base::Result<columnar::Column> Predict(std::string_view model, std::string_view version,
                                         const columnar::Table& table) override {
    int64_t number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    YARD_ASSIGN_OR_RETURN(const auto entry, registry_.GetVersion(model, number));
    YARD_ASSIGN_OR_RETURN(const auto folder, registry_.LocalFolder(entry));
    YARD_ASSIGN_OR_RETURN(const auto loaded, inference::LoadModel(folder));
    return PredictWith(*loaded, table);
  }

 private:
  registry::RegistryService& registry_;
};

}  // namespace

std::unique_ptr<ModelPredictor> RegistryPredictor(registry::RegistryService& registry) {
  return std::make_unique<FromRegistry>(registry);
}

}  // namespace yard::monitoring
