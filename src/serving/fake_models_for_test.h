#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inference/model.h"
#include "serving/model_source.h"

namespace yard::serving {

/// For tests: a binary classifier of two features, whose probability of class 1 is fixed.
class FakeModel final : public inference::Model {
 public:
  explicit FakeModel(double probability) : probability_(probability) {
    signature_.declared = true;
    signature_.inputs = {{"spend", inference::DataType::kDouble, true},
                         {"plan", inference::DataType::kString, false}};
    description_.is_classifier = true;
    description_.classes = {"0", "1"};
    description_.feature_names = {"spend", "plan"};
    description_.feature_count = 2;
  }

  const inference::Signature& signature() const override { return signature_; }
  const inference::Description& description() const override { return description_; }
  double estimated_row_microseconds() const override { return 1; }

  base::Result<inference::Predictions> Predict(const inference::Frame& frame,
                                               inference::PredictMethod method) const override {
    inference::Predictions answer;
    answer.row_count = frame.row_count;
    if (method == inference::PredictMethod::kPredictProba) {
      answer.is_matrix = true;
      answer.width = 2;
      for (size_t i = 0; i < frame.row_count; ++i) {
        answer.values.insert(answer.values.end(), {1 - probability_, probability_});
      }
      return answer;
    }
    answer.kind = inference::Predictions::Kind::kInteger;
    answer.values.assign(frame.row_count, probability_ > 0.5 ? 1 : 0);
    return answer;
  }

 private:
  double probability_;
  inference::Signature signature_;
  inference::Description description_;
};

/// For tests: versions of one model "churn" that answer 0.<version> (version 7: probability 0.7),
/// and an alias "champion". A version in `broken` cannot be loaded. Thread-safe.
class FakeModels final : public ModelSource {
 public:
  base::Result<ModelKey> Resolve(std::string_view uri) override {
    const std::lock_guard lock(mutex_);
    if (uri == "models:/churn@champion") return ModelKey{"churn", champion_};
    constexpr std::string_view kPinned = "models:/churn/";
    if (uri.starts_with(kPinned)) return ModelKey{"churn", std::string(uri.substr(kPinned.size()))};
    return base::NotFound("no such model").WithReason("registered_model_not_found");
  }

  base::Result<std::unique_ptr<inference::Model>> Load(const ModelKey& key) override {
    ++loads_;
    const std::lock_guard lock(mutex_);
    if (broken_ == key.version) {
      return base::Unimplemented("a step cannot be read", {"step", "svc"}, {"class", "SVC"});
    }
    return std::unique_ptr<inference::Model>(
        std::make_unique<FakeModel>(std::stod(key.version) / 10));
  }

  base::Result<void> PointAt(std::string_view uri, const ModelKey& key) override {
    if (uri == "models:/churn@champion") MoveChampion(key.version);
    return {};
  }

  void MoveChampion(std::string version) {
    const std::lock_guard lock(mutex_);
    champion_ = std::move(version);
  }
  std::string champion() const {
    const std::lock_guard lock(mutex_);
    return champion_;
  }
  void Break(std::string version) {
    const std::lock_guard lock(mutex_);
    broken_ = std::move(version);
  }
  int loads() const { return loads_; }

 private:
  mutable std::mutex mutex_;
  std::string champion_ = "1";
  std::string broken_;
  std::atomic<int> loads_{0};
};

}  // namespace yard::serving
