#include "inference/estimators/logistic_regression.h"

#include "inference/estimators/attributes.h"
#include "inference/estimators/linear.h"
#include "inference/estimators/links.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

enum class Link { kOneVsRest, kSoftmax };

class LogisticRegression final : public Predictor {
 public:
  LogisticRegression(LinearMargins margins, Classes classes, Link link)
      : margins_(std::move(margins)), classes_(std::move(classes)), link_(link) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix margins, margins_.Compute(input, scratch));
    if (margins.width > 1) return ArgMaxOfRows(margins, scratch);
    for (double& margin : margins.values) margin = margin > 0 ? 1 : 0;
    return margins;
  }

  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix margins, margins_.Compute(input, scratch));
    if (margins.width == 1) return BinaryProbabilities(margins, scratch);
    for (size_t row = 0; row < input.row_count; ++row) {
      ToProbabilities(margins.values.subspan(row * margins.width, margins.width));
    }
    return Matrix{margins.values, margins.width, true};
  }

  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return margins_.row_microseconds(); }

 private:
  Matrix BinaryProbabilities(const Matrix& margins, Scratch& scratch) const {
    if (link_ == Link::kOneVsRest) {
      for (double& margin : margins.values) margin = Expit(margin);
      return BothProbabilities(margins.values, scratch);
    }
    const auto both = scratch.Allocate<double>(2 * margins.values.size());
    for (size_t row = 0; row < margins.values.size(); ++row) {
      both[2 * row] = -margins.values[row];
      both[2 * row + 1] = margins.values[row];
      Softmax(both.subspan(2 * row, 2));
    }
    return Matrix{both, 2, true};
  }

  void ToProbabilities(std::span<double> margins) const {
    if (link_ == Link::kSoftmax) return Softmax(margins);
    for (double& margin : margins) margin = Expit(margin);
    const double sum = PairwiseSum(margins);
    const auto count = static_cast<double>(margins.size());
    for (double& p : margins) p = sum == 0 ? 1.0 / count : p / sum;
  }

  LinearMargins margins_;
  Classes classes_;
  Link link_;
};

/// One-vs-rest by choice, by the solver, or because there are two classes; the parameter
/// multi_class is "deprecated" in 1.5 to 1.7, which means "auto", and gone later.
base::Result<Link> ReadLink(const Object& estimator, size_t class_count) {
  YARD_ASSIGN_OR_RETURN(const std::string multi_class, TextOr(estimator, "multi_class", "auto"));
  if (multi_class == "ovr" || multi_class == "warn") return Link::kOneVsRest;
  if (multi_class == "multinomial") return Link::kSoftmax;
  if (multi_class != "auto" && multi_class != "deprecated") {
    return UnsupportedParameter("multi_class", multi_class);
  }
  YARD_ASSIGN_OR_RETURN(const std::string solver, TextOr(estimator, "solver", "lbfgs"));
  const bool solves_one_vs_rest =
      solver == "liblinear" || (solver == "newton-cholesky" && VersionOf(estimator).IsBefore(1, 6));
  return class_count <= 2 || solves_one_vs_rest ? Link::kOneVsRest : Link::kSoftmax;
}

}  // namespace

base::Result<PredictorPtr> ReadLogisticRegression(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  YARD_ASSIGN_OR_RETURN(LinearMargins margins, LinearMargins::Read(estimator));
  const size_t expected = classes.size() > 2 ? classes.size() : 1;
  if (classes.size() < 2 || margins.output_count() != expected) {
    return BadAttribute(estimator, "coef_", "as many rows of coefficients as classes");
  }
  YARD_ASSIGN_OR_RETURN(const Link link, ReadLink(estimator, classes.size()));
  return std::make_unique<LogisticRegression>(std::move(margins), std::move(classes), link);
}

}  // namespace yard::inference::estimators
