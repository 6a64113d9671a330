#include "inference/estimators/decision_tree.h"

#include "inference/estimators/attributes.h"
#include "inference/estimators/trees.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

// Adding a leaf to -0.0 gives the leaf itself, the sign of a zero too.
constexpr double kNothing = -0.0;

/// A tree alone: the leaf's values as they are.
struct LoneTree {
  engines::Forest<float> forest;
  Accepts accepts;

  base::Result<Matrix> Leaves(const Table& input, Scratch& scratch) const {
    return SumLeaves(forest, input, accepts, kNothing, scratch);
  }
};

base::Result<LoneTree> ReadLoneTree(const Object& estimator, size_t value_width) {
  YARD_ASSIGN_OR_RETURN(const size_t feature_count, FeatureCount(estimator));
  YARD_ASSIGN_OR_RETURN(const engines::Tree tree, ReadTree(estimator, value_width));
  engines::ForestBuilder<float> builder(feature_count, value_width);
  YARD_RETURN_IF_ERROR(builder.Add(tree));
  const Accepts accepts = TakesMissing(estimator) ? Accepts::kFloat32Missing : Accepts::kFloat32;
  return LoneTree{std::move(builder).Build(), accepts};
}

class TreeClassifier final : public Predictor {
 public:
  TreeClassifier(LoneTree tree, Classes classes, LeafValues leaf_values)
      : tree_(std::move(tree)), classes_(std::move(classes)), leaf_values_(leaf_values) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix leaves, tree_.Leaves(input, scratch));
    return ArgMaxOfRows(leaves, scratch);
  }

  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(Matrix leaves, tree_.Leaves(input, scratch));
    leaves.is_matrix = true;
    if (leaf_values_ == LeafValues::kFractions) return leaves;
    for (size_t row = 0; row < input.row_count; ++row) {
      NormalizeCounts(leaves.values.subspan(row * leaves.width, leaves.width));
    }
    return leaves;
  }

  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return tree_.forest.row_microseconds(); }

 private:
  LoneTree tree_;
  Classes classes_;
  LeafValues leaf_values_;
};

class TreeRegressor final : public Predictor {
 public:
  explicit TreeRegressor(LoneTree tree) : tree_(std::move(tree)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    return tree_.Leaves(input, scratch);
  }
  double row_microseconds() const override { return tree_.forest.row_microseconds(); }

 private:
  LoneTree tree_;
};

}  // namespace

base::Result<PredictorPtr> ReadDecisionTreeClassifier(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const size_t output_count, OutputCount(estimator));
  if (output_count != 1) return UnsupportedParameter("n_outputs_", std::to_string(output_count));
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  YARD_ASSIGN_OR_RETURN(LoneTree tree, ReadLoneTree(estimator, classes.size()));
  return std::make_unique<TreeClassifier>(std::move(tree), std::move(classes),
                                          LeafValuesOf(VersionOf(estimator)));
}

base::Result<PredictorPtr> ReadDecisionTreeRegressor(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const size_t output_count, OutputCount(estimator));
  YARD_ASSIGN_OR_RETURN(LoneTree tree, ReadLoneTree(estimator, output_count));
  return std::make_unique<TreeRegressor>(std::move(tree));
}

}  // namespace yard::inference::estimators
