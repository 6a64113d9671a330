#include "inference/estimators/gradient_boosting.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inference/estimators/attributes.h"
#include "inference/estimators/links.h"
#include "inference/estimators/trees.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

enum class Loss { kLogistic, kExponential, kMultinomial };

/// What differs between releases.
struct Gates {
  double clip = 0;  // probabilities of the init estimator stay this far from 0 and 1
  LogitForm logit = LogitForm::kAccurate;
  bool uses_loss_functions = true;  // from 1.4: softmax, and labels from the raw score
};

Gates GatesOf(SklearnVersion version) {
  Gates gates;
  gates.clip = version.IsBefore(1, 7) ? double{std::numeric_limits<float>::epsilon()}
                                      : std::numeric_limits<double>::epsilon();
  gates.logit = version.IsBefore(1, 7) ? LogitForm::kPlain : LogitForm::kAccurate;
  gates.uses_loss_functions = !version.IsBefore(1, 4);
  return gates;
}

/// The input as float32, which is what scikit-learn hands to the init estimator.
Table RoundedToFloat32(const Table& input, Scratch& scratch) {
  const auto columns = NewNumberColumns(input.width(), input.row_count, scratch);
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = input.columns[i].name;
    std::transform(input.columns[i].numbers.begin(), input.columns[i].numbers.end(),
                   MutableNumbers(columns[i]).begin(),
                   [](double x) { return double{static_cast<float>(x)}; });
  }
  return {input.row_count, input.first_row, columns};
}

/// Turns the init estimator's probabilities into raw scores, one row.
class InitLink {
 public:
  InitLink(Loss loss, const Gates& gates) : loss_(loss), gates_(gates) {}

  size_t width(size_t class_count) const { return loss_ == Loss::kMultinomial ? class_count : 1; }

  void Apply(std::span<const double> probabilities, std::span<double> raw) const {
    if (loss_ == Loss::kMultinomial) return ApplyMultinomial(probabilities, raw);
    const double logit = Logit(Clip(probabilities[1]), gates_.logit);
    raw[0] = loss_ == Loss::kExponential ? 0.5 * logit : logit;
  }

 private:
  double Clip(double p) const { return std::clamp(p, gates_.clip, 1.0 - gates_.clip); }

  void ApplyMultinomial(std::span<const double> probabilities, std::span<double> raw) const {
    for (size_t k = 0; k < raw.size(); ++k) raw[k] = std::log(Clip(probabilities[k]));
    if (!gates_.uses_loss_functions) return;
    const double mean = std::exp(PairwiseSum(raw) / static_cast<double>(raw.size()));
    for (size_t k = 0; k < raw.size(); ++k) raw[k] = std::log(Clip(probabilities[k]) / mean);
  }

  Loss loss_;
  Gates gates_;
};

/// Where the raw scores start: the same for every row, or at another estimator's prediction.
struct Start {
  std::vector<double> baseline;  // when `init` is null
  PredictorPtr init;
};

struct Stages {
  engines::Forest<float> forest;
  Start start;
  std::optional<InitLink> link;  // of classifiers

  base::Result<Matrix> RawScores(const Table& input, Scratch& scratch) const {
    // Gradient boosting refuses NaN in every release.
    YARD_RETURN_IF_ERROR(RequireNumbers(input, forest.feature_count(), Accepts::kFloat32));
    YARD_ASSIGN_OR_RETURN(const std::span<double> raw, StartScores(input, scratch));
    forest.AddLeaves(RowsForForest<float>(input, scratch), input.row_count, raw);
    return Matrix{raw, forest.output_count(), forest.output_count() > 1};
  }

 private:
  base::Result<std::span<double>> StartScores(const Table& input, Scratch& scratch) const {
    const size_t width = forest.output_count();
    const auto raw = scratch.Allocate<double>(input.row_count * width);
    if (start.init == nullptr) {
      for (size_t i = 0; i < raw.size(); ++i) raw[i] = start.baseline[i % width];
      return raw;
    }
    const Table rounded = RoundedToFloat32(input, scratch);
    if (!link) {
      YARD_ASSIGN_OR_RETURN(const Matrix values, start.init->Predict(rounded, scratch));
      if (values.width == width) return values.values;
      return base::InvalidArgument("the init estimator has another number of outputs");
    }
    YARD_ASSIGN_OR_RETURN(const Matrix probabilities, start.init->PredictProba(rounded, scratch));
    for (size_t row = 0; row < input.row_count; ++row) {
      link->Apply(probabilities.values.subspan(row * probabilities.width, probabilities.width),
                  raw.subspan(row * width, width));
    }
    return raw;
  }
};

class GradientBoostingClassifier final : public Predictor {
 public:
  GradientBoostingClassifier(Stages stages, Classes classes, Loss loss, bool uses_loss_functions)
      : stages_(std::move(stages)),
        classes_(std::move(classes)),
        loss_(loss),
        uses_loss_functions_(uses_loss_functions) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    const bool from_probabilities = !uses_loss_functions_ && loss_ != Loss::kExponential;
    YARD_ASSIGN_OR_RETURN(const Matrix scores, from_probabilities
                                                   ? PredictProba(input, scratch)
                                                   : stages_.RawScores(input, scratch));
    if (scores.width > 1) return ArgMaxOfRows(scores, scratch);
    for (double& score : scores.values) score = score >= 0 ? 1 : 0;
    return Matrix{scores.values, 1, false};
  }

  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix raw, stages_.RawScores(input, scratch));
    if (loss_ == Loss::kMultinomial) {
      for (size_t row = 0; row < input.row_count; ++row) {
        ToProbabilities(raw.values.subspan(row * raw.width, raw.width));
      }
      return Matrix{raw.values, raw.width, true};
    }
    const double factor = loss_ == Loss::kExponential ? 2.0 : 1.0;
    for (double& score : raw.values) score = Expit(factor * score);
    return BothProbabilities(raw.values, scratch);
  }

  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return stages_.forest.row_microseconds(); }

 private:
  void ToProbabilities(std::span<double> raw) const {
    if (uses_loss_functions_) return Softmax(raw);
    const double largest = *std::max_element(raw.begin(), raw.end());
    double sum = 0;
    for (const double score : raw) sum += std::exp(score - largest);
    const double log_sum = std::log(sum) + largest;
    for (double& score : raw) score = std::exp(score - log_sum);
  }

  Stages stages_;
  Classes classes_;
  Loss loss_;
  bool uses_loss_functions_;
};

class GradientBoostingRegressor final : public Predictor {
 public:
  explicit GradientBoostingRegressor(Stages stages) : stages_(std::move(stages)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    return stages_.RawScores(input, scratch);
  }
  double row_microseconds() const override { return stages_.forest.row_microseconds(); }

 private:
  Stages stages_;
};

base::Result<void> AddStageTree(const Object& tree_estimator, double learning_rate, size_t output,
                                engines::ForestBuilder<float>& builder) {
  YARD_ASSIGN_OR_RETURN(engines::Tree tree, ReadTree(tree_estimator, 1));
  for (double& value : tree.values) value *= learning_rate;
  tree.first_output = output;
  return builder.Add(tree);
}

base::Result<engines::Forest<float>> ReadStages(const Object& estimator, size_t output_count) {
  YARD_ASSIGN_OR_RETURN(const size_t feature_count, FeatureCount(estimator));
  YARD_ASSIGN_OR_RETURN(const double learning_rate,
                        formats::RealAttribute(estimator, "learning_rate"));
  YARD_ASSIGN_OR_RETURN(const auto trees, ItemsOf(estimator, "estimators_"));
  if (trees.size() % output_count != 0) {
    return BadAttribute(estimator, "estimators_", "every stage must have a tree for every class");
  }
  engines::ForestBuilder<float> builder(feature_count, output_count);
  for (size_t i = 0; i < trees.size(); ++i) {
    YARD_RETURN_IF_ERROR(AddStageTree(*trees[i], learning_rate, i % output_count, builder));
  }
  return std::move(builder).Build();
}

/// What a dummy init answers is known without a row.
base::Result<std::vector<double>> ConstantStart(const Predictor& dummy,
                                                const std::optional<InitLink>& link) {
  Scratch scratch;
  const Table no_columns{1, 0, {}};
  if (!link) {
    YARD_ASSIGN_OR_RETURN(const Matrix values, dummy.Predict(no_columns, scratch));
    return std::vector<double>(values.values.begin(), values.values.end());
  }
  YARD_ASSIGN_OR_RETURN(const Matrix probabilities, dummy.PredictProba(no_columns, scratch));
  if (probabilities.width < 2) return base::InvalidArgument("init_ has fewer than two classes");
  std::vector<double> raw(link->width(probabilities.width));
  link->Apply(probabilities.values, raw);
  return raw;
}

base::Result<Start> ReadStart(const Object& estimator, const std::optional<InitLink>& link,
                              size_t output_count, size_t class_count, Reading& reading) {
  YARD_ASSIGN_OR_RETURN(const Object* object, formats::Attribute(estimator, "init_"));
  Start start;
  if (object->is(formats::ObjectKind::kString) && object->text == "zero") {
    start.baseline.assign(output_count, 0.0);
    return start;
  }
  YARD_ASSIGN_OR_RETURN(start.init, reading.ReadPredictor(*object, "init_"));
  const Classes* classes = start.init->classes();
  const size_t init_class_count = classes == nullptr ? 0 : classes->size();
  if (init_class_count != class_count) {
    return BadAttribute(estimator, "init_", "the init estimator has other classes");
  }
  if (!object->QualifiedName().starts_with("sklearn.dummy.")) return start;
  YARD_ASSIGN_OR_RETURN(start.baseline, ConstantStart(*start.init, link));
  start.init = nullptr;
  if (start.baseline.size() == output_count) return start;
  return BadAttribute(estimator, "init_", "the init estimator has another number of outputs");
}

base::Result<Loss> ReadLoss(const Object& estimator, size_t class_count) {
  YARD_ASSIGN_OR_RETURN(const std::string loss, TextOr(estimator, "loss", "log_loss"));
  if (loss == "exponential") return Loss::kExponential;
  if (loss != "log_loss" && loss != "deviance") return UnsupportedParameter("loss", loss);
  return class_count > 2 ? Loss::kMultinomial : Loss::kLogistic;
}

}  // namespace

base::Result<PredictorPtr> ReadGradientBoostingClassifier(const Object& estimator,
                                                          Reading& reading) {
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  if (classes.size() < 2) return BadAttribute(estimator, "classes_", "fewer than two classes");
  YARD_ASSIGN_OR_RETURN(const Loss loss, ReadLoss(estimator, classes.size()));
  const Gates gates = GatesOf(VersionOf(estimator));
  const std::optional<InitLink> link(std::in_place, loss, gates);
  const size_t output_count = link->width(classes.size());
  YARD_ASSIGN_OR_RETURN(auto forest, ReadStages(estimator, output_count));
  YARD_ASSIGN_OR_RETURN(Start start,
                        ReadStart(estimator, link, output_count, classes.size(), reading));
  return std::make_unique<GradientBoostingClassifier>(
      Stages{std::move(forest), std::move(start), link}, std::move(classes), loss,
      gates.uses_loss_functions);
}

base::Result<PredictorPtr> ReadGradientBoostingRegressor(const Object& estimator,
                                                         Reading& reading) {
  YARD_ASSIGN_OR_RETURN(auto forest, ReadStages(estimator, 1));
  YARD_ASSIGN_OR_RETURN(Start start, ReadStart(estimator, std::nullopt, 1, 0, reading));
  return std::make_unique<GradientBoostingRegressor>(
      Stages{std::move(forest), std::move(start), std::nullopt});
}

}  // namespace yard::inference::estimators
