#include "inference/estimators/xgboost_estimator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;
using xgboost::OutputKind;
using xgboost::TreeRange;
using xgboost::XgboostModel;

class XgboostPredictor final : public Predictor {
 public:
  XgboostPredictor(XgboostModel model, BoosterApi api, double missing,
                   std::optional<Classes> classes)
      : model_(std::move(model)), api_(api), missing_(missing), classes_(std::move(classes)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const std::span<float> outputs, Outputs(input, scratch));
    if (!classes_) return Widened(outputs, scratch);
    if (model_.group_count() > 1) return ArgMaxOfRows(Widened(outputs, scratch), scratch);
    const auto labels = scratch.Allocate<double>(outputs.size());
    std::transform(outputs.begin(), outputs.end(), labels.begin(),
                   [](float p) { return p > 0.5F ? 1.0 : 0.0; });
    return Matrix{labels, 1, false};
  }

  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    if (!classes_) return Predictor::PredictProba(input, scratch);
    YARD_ASSIGN_OR_RETURN(const std::span<float> outputs, Outputs(input, scratch));
    if (model_.group_count() > 1) return Widened(outputs, scratch);
    const auto both = scratch.Allocate<double>(2 * outputs.size());
    for (size_t row = 0; row < outputs.size(); ++row) {
      both[2 * row] = double{1.0F - outputs[row]};
      both[2 * row + 1] = double{outputs[row]};
    }
    return Matrix{both, 2, true};
  }

  base::Result<Matrix> PredictDefault(const Table& input, Scratch& scratch) const override {
    const bool answers_labels =
        api_ == BoosterApi::kScikitLearn || model_.output_kind() == OutputKind::kClass;
    if (answers_labels) return Predict(input, scratch);
    YARD_ASSIGN_OR_RETURN(const std::span<float> outputs, Outputs(input, scratch));
    return Widened(outputs, scratch);
  }

  FittedColumns own_columns() const override {
    return {model_.feature_count(), model_.feature_names()};
  }
  const Classes* classes() const override { return classes_ ? &*classes_ : nullptr; }
  double row_microseconds() const override {
    return 0.5 + 0.01 * static_cast<double>(model_.tree_count());
  }

 private:
  base::Result<std::span<float>> Outputs(const Table& input, Scratch& scratch) const {
    YARD_RETURN_IF_ERROR(RequireNumbers(input, model_.feature_count(), Accepts::kAnything));
    const std::span<const float> rows = Rows(input, scratch);
    const auto outputs = scratch.Allocate<float>(input.row_count * model_.group_count());
    const bool stops_early = api_ == BoosterApi::kScikitLearn;
    model_.Margins(rows, stops_early ? TreeRange::kBestIteration : TreeRange::kAll, outputs);
    model_.Transform(outputs);
    return outputs;
  }

  std::span<float> Rows(const Table& input, Scratch& scratch) const {
    const size_t width = input.width();
    const auto rows = scratch.Allocate<float>(input.row_count * width);
    for (size_t i = 0; i < width; ++i) {
      for (size_t row = 0; row < input.row_count; ++row) {
        rows[row * width + i] = static_cast<float>(input.columns[i].numbers[row]);
      }
    }
    if (!std::isnan(missing_)) {
      std::replace(rows.begin(), rows.end(), static_cast<float>(missing_),
                   std::numeric_limits<float>::quiet_NaN());
    }
    return rows;
  }

  Matrix Widened(std::span<const float> outputs, Scratch& scratch) const {
    const auto values = scratch.Allocate<double>(outputs.size());
    std::copy(outputs.begin(), outputs.end(), values.begin());
    return {values, model_.group_count(), model_.group_count() > 1};
  }

  XgboostModel model_;
  BoosterApi api_;
  double missing_;
  std::optional<Classes> classes_;
};

base::Result<XgboostModel> ReadBooster(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const Object* booster, formats::Attribute(estimator, "_Booster"));
  YARD_ASSIGN_OR_RETURN(const Object* handle, formats::Attribute(*booster, "handle"));
  if (!handle->is(formats::ObjectKind::kBytes)) {
    return BadAttribute(*booster, "handle", "the bytes of a model were expected");
  }
  return XgboostModel::FromHandle(handle->text);
}

base::Result<double> ReadMissing(const Object& estimator) {
  if (IsNone(estimator, "missing")) return std::numeric_limits<double>::quiet_NaN();
  return formats::RealAttribute(estimator, "missing");
}

/// Releases before 1.6 encode the labels themselves, with a LabelEncoder in `_le`.
base::Result<std::optional<Classes>> ReadXgboostClasses(const Object& estimator,
                                                        const XgboostModel& model) {
  std::optional<Classes> classes;
  if (!estimator.ClassName().ends_with("Classifier")) return classes;
  classes = XgboostClasses(model);
  if (!classes) return base::Unimplemented("a classifier whose objective has no classes");
  if (IsNone(estimator, "_le")) return classes;
  YARD_ASSIGN_OR_RETURN(const Object* encoder, formats::Attribute(estimator, "_le"));
  YARD_ASSIGN_OR_RETURN(Classes encoded, ReadClasses(*encoder, "classes_"));
  if (encoded.size() != classes->size()) return BadAttribute(*encoder, "classes_", "one a class");
  return std::optional(std::move(encoded));
}

}  // namespace

std::optional<Classes> XgboostClasses(const XgboostModel& model) {
  const size_t wanted_groups = model.class_count() > 2 ? model.class_count() : 1;
  const bool is_softmax_of_two = model.class_count() == 2 && model.group_count() == 2;
  if (model.class_count() < 2) return std::nullopt;
  if (model.group_count() != wanted_groups && !is_softmax_of_two) return std::nullopt;
  Classes classes;
  classes.numbers.resize(model.class_count());
  std::iota(classes.numbers.begin(), classes.numbers.end(), 0.0);
  return classes;
}

PredictorPtr MakeXgboostPredictor(XgboostModel model, BoosterApi api, double missing,
                                  std::optional<Classes> classes) {
  return std::make_unique<XgboostPredictor>(std::move(model), api, missing, std::move(classes));
}

base::Result<PredictorPtr> ReadXgboostEstimator(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(XgboostModel model, ReadBooster(estimator));
  YARD_ASSIGN_OR_RETURN(const double missing, ReadMissing(estimator));
  YARD_ASSIGN_OR_RETURN(std::optional<Classes> classes, ReadXgboostClasses(estimator, model));
  return MakeXgboostPredictor(std::move(model), BoosterApi::kScikitLearn, missing,
                              std::move(classes));
}

}  // namespace yard::inference::estimators
