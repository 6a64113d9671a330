#include "inference/estimators/hist_gradient_boosting.h"

#include <cmath>

#include "inference/engines/forest.h"
#include "inference/estimators/attributes.h"
#include "inference/estimators/hist_tree.h"
#include "inference/estimators/links.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

struct Booster {
  engines::Forest<double> forest;
  std::vector<double> baseline;
  TransformerPtr preprocessor;  // null without

  base::Result<Matrix> RawScores(Table input, Scratch& scratch) const {
    if (preprocessor != nullptr) {
      YARD_ASSIGN_OR_RETURN(input, preprocessor->Transform(input, scratch));
    }
    YARD_RETURN_IF_ERROR(RequireNumbers(input, forest.feature_count(), Accepts::kAnything));
    const size_t width = forest.output_count();
    const auto raw = scratch.Allocate<double>(input.row_count * width);
    for (size_t i = 0; i < raw.size(); ++i) raw[i] = baseline[i % width];
    forest.AddLeaves(RowsForForest<double>(input, scratch), input.row_count, raw);
    return Matrix{raw, width, width > 1};
  }
  double row_microseconds() const {
    return forest.row_microseconds() +
           (preprocessor == nullptr ? 0.0 : preprocessor->row_microseconds());
  }
};

/// How labels came from scores: before 1.5 from the probabilities, which may tie where scores do
/// not.
enum class LabelsFrom { kProbabilities, kScores };

class HistClassifier final : public Predictor {
 public:
  HistClassifier(Booster booster, Classes classes, LabelsFrom labels_from)
      : booster_(std::move(booster)), classes_(std::move(classes)), labels_from_(labels_from) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix scores, labels_from_ == LabelsFrom::kProbabilities
                                                   ? PredictProba(input, scratch)
                                                   : booster_.RawScores(input, scratch));
    if (scores.width > 1) return ArgMaxOfRows(scores, scratch);
    for (double& score : scores.values) score = score > 0 ? 1 : 0;
    return Matrix{scores.values, 1, false};
  }

  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix raw, booster_.RawScores(input, scratch));
    if (raw.width == 1) {
      for (double& score : raw.values) score = Expit(score);
      return BothProbabilities(raw.values, scratch);
    }
    for (size_t row = 0; row < input.row_count; ++row) {
      Softmax(raw.values.subspan(row * raw.width, raw.width));
    }
    return Matrix{raw.values, raw.width, true};
  }

  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return booster_.row_microseconds(); }

 private:
  Booster booster_;
  Classes classes_;
  LabelsFrom labels_from_;
};

enum class RegressorLink { kIdentity, kLog };

class HistRegressor final : public Predictor {
 public:
  HistRegressor(Booster booster, RegressorLink link) : booster_(std::move(booster)), link_(link) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix raw, booster_.RawScores(input, scratch));
    if (link_ == RegressorLink::kLog) {
      for (double& score : raw.values) score = std::exp(score);
    }
    return raw;
  }
  double row_microseconds() const override { return booster_.row_microseconds(); }

 private:
  Booster booster_;
  RegressorLink link_;
};

base::Result<void> AddIteration(const Object& iteration, size_t output_count,
                                const KnownCategories& known,
                                engines::ForestBuilder<double>& builder) {
  const bool is_list =
      iteration.is(formats::ObjectKind::kList) || iteration.is(formats::ObjectKind::kTuple);
  if (!is_list || iteration.items.size() != output_count) {
    return base::InvalidArgument("every iteration must have a tree for every class");
  }
  for (size_t k = 0; k < output_count; ++k) {
    YARD_ASSIGN_OR_RETURN(const engines::Tree tree, ReadHistTree(*iteration.items[k], known, k));
    YARD_RETURN_IF_ERROR(builder.Add(tree));
  }
  return {};
}

base::Result<TransformerPtr> ReadPreprocessor(const Object& estimator, Reading& reading) {
  if (IsNone(estimator, "_preprocessor")) return TransformerPtr();
  YARD_ASSIGN_OR_RETURN(const Object* object, formats::Attribute(estimator, "_preprocessor"));
  return reading.ReadTransformer(*object, "_preprocessor");
}

base::Result<Booster> ReadBooster(const Object& estimator, size_t output_count, Reading& reading) {
  YARD_ASSIGN_OR_RETURN(TransformerPtr preprocessor, ReadPreprocessor(estimator, reading));
  YARD_ASSIGN_OR_RETURN(const size_t feature_count, FeatureCount(estimator));
  YARD_ASSIGN_OR_RETURN(const KnownCategories known, ReadKnownCategories(estimator, feature_count));
  YARD_ASSIGN_OR_RETURN(std::vector<double> baseline,
                        DoublesOfSize(estimator, "_baseline_prediction", output_count));
  YARD_ASSIGN_OR_RETURN(const auto iterations, ItemsOf(estimator, "_predictors"));
  engines::ForestBuilder<double> builder(feature_count, output_count);
  for (const Object* iteration : iterations) {
    YARD_RETURN_IF_ERROR(AddIteration(*iteration, output_count, known, builder));
  }
  return Booster{std::move(builder).Build(), std::move(baseline), std::move(preprocessor)};
}

base::Result<RegressorLink> ReadLink(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const std::string loss, TextOr(estimator, "loss", "squared_error"));
  if (loss == "poisson" || loss == "gamma") return RegressorLink::kLog;
  constexpr std::array kIdentity = {"squared_error", "least_squares", "absolute_error",
                                    "least_absolute_deviation", "quantile"};
  for (const char* name : kIdentity) {
    if (loss == name) return RegressorLink::kIdentity;
  }
  return UnsupportedParameter("loss", loss);
}

}  // namespace

base::Result<PredictorPtr> ReadHistGradientBoostingClassifier(const Object& estimator,
                                                              Reading& reading) {
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  if (classes.size() < 2) return BadAttribute(estimator, "classes_", "fewer than two classes");
  const size_t output_count = classes.size() > 2 ? classes.size() : 1;
  YARD_ASSIGN_OR_RETURN(Booster booster, ReadBooster(estimator, output_count, reading));
  const LabelsFrom labels_from =
      VersionOf(estimator).IsBefore(1, 5) ? LabelsFrom::kProbabilities : LabelsFrom::kScores;
  return std::make_unique<HistClassifier>(std::move(booster), std::move(classes), labels_from);
}

base::Result<PredictorPtr> ReadHistGradientBoostingRegressor(const Object& estimator,
                                                             Reading& reading) {
  YARD_ASSIGN_OR_RETURN(Booster booster, ReadBooster(estimator, 1, reading));
  YARD_ASSIGN_OR_RETURN(const RegressorLink link, ReadLink(estimator));
  return std::make_unique<HistRegressor>(std::move(booster), link);
}

}  // namespace yard::inference::estimators
