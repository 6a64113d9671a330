#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/model.h"
#include "serving/input_layout.h"
#include "serving/model_source.h"

namespace yard::serving {

/// Turns a model's input example (a scoring request body) into a frame for it. Given by the room
/// that knows that format.
using ExampleReader = std::function<base::Result<inference::Frame>(
    const inference::Model& model, const InputLayout& layout, std::string_view example_json)>;

/// A model version that is loaded and warm, with what the prediction path needs prepared.
/// Immutable and shared: it is freed when the last request that uses it ends.
class Servable {
 public:
  /// Warms the model up: a few predictions of its input example, or of a row of zeros. Errors: the
  /// model refuses its own example (reason "input_example_fails").
  static base::Result<std::shared_ptr<const Servable>> Prepare(
      ModelKey key, std::unique_ptr<const inference::Model> model, const ExampleReader& examples);

  const ModelKey& key() const { return key_; }
  const inference::Model& model() const { return *model_; }
  const InputLayout& layout() const { return layout_; }

  /// Whether PredictMethod::kPredictProba works.
  bool has_probabilities() const { return has_probabilities_; }
  /// The column of probabilities that belongs to the label of `row` in `labels`.
  std::optional<size_t> ClassOf(const inference::Predictions& labels, size_t row) const;
  size_t class_count() const { return model_->description().classes.size(); }

 private:
  Servable(ModelKey key, std::unique_ptr<const inference::Model> model);
  base::Result<void> WarmUp(const ExampleReader& examples);
  base::Result<void> Rehearse(const inference::Frame& frame);

  ModelKey key_;
  std::unique_ptr<const inference::Model> model_;
  InputLayout layout_;
  bool has_probabilities_ = false;
  std::vector<double> class_values_;  // empty when a class is no number
};

}  // namespace yard::serving
