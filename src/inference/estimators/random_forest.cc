#include "inference/estimators/random_forest.h"

#include "inference/estimators/attributes.h"
#include "inference/estimators/trees.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

struct Trees {
  engines::Forest<float> forest;
  Accepts accepts;

  base::Result<Matrix> Mean(const Table& input, Scratch& scratch) const {
    YARD_ASSIGN_OR_RETURN(const Matrix sums, SumLeaves(forest, input, accepts, 0.0, scratch));
    const auto count = static_cast<double>(forest.tree_count());
    for (double& sum : sums.values) sum /= count;
    return sums;
  }
};

Accepts AcceptedBy(const Object& estimator, const Object& first_tree) {
  const bool takes_missing = !VersionOf(estimator).IsBefore(1, 4) && TakesMissing(first_tree);
  return takes_missing ? Accepts::kFloat32Missing : Accepts::kFloat32;
}

base::Result<void> AddTree(const Object& tree_estimator, size_t value_width, LeafValues leaf_values,
                           engines::ForestBuilder<float>& builder) {
  YARD_ASSIGN_OR_RETURN(engines::Tree tree, ReadTree(tree_estimator, value_width));
  if (leaf_values == LeafValues::kCounts) {
    for (size_t node = 0; node < tree.node_count(); ++node) {
      NormalizeCounts(std::span(tree.values).subspan(node * value_width, value_width));
    }
  }
  return builder.Add(tree);
}

base::Result<Trees> ReadTrees(const Object& estimator, size_t value_width, LeafValues leaf_values) {
  YARD_ASSIGN_OR_RETURN(const size_t feature_count, FeatureCount(estimator));
  YARD_ASSIGN_OR_RETURN(const auto items, ItemsOf(estimator, "estimators_"));
  if (items.empty()) return BadAttribute(estimator, "estimators_", "a forest without trees");
  engines::ForestBuilder<float> builder(feature_count, value_width);
  for (const Object* item : items) {
    YARD_RETURN_IF_ERROR(AddTree(*item, value_width, leaf_values, builder));
  }
  return Trees{std::move(builder).Build(), AcceptedBy(estimator, *items.front())};
}

class ForestClassifier final : public Predictor {
 public:
  ForestClassifier(Trees trees, Classes classes)
      : trees_(std::move(trees)), classes_(std::move(classes)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Matrix mean, trees_.Mean(input, scratch));
    return ArgMaxOfRows(mean, scratch);
  }
  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(Matrix mean, trees_.Mean(input, scratch));
    mean.is_matrix = true;
    return mean;
  }
  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return trees_.forest.row_microseconds(); }

 private:
  Trees trees_;
  Classes classes_;
};

class ForestRegressor final : public Predictor {
 public:
  explicit ForestRegressor(Trees trees) : trees_(std::move(trees)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    return trees_.Mean(input, scratch);
  }
  double row_microseconds() const override { return trees_.forest.row_microseconds(); }

 private:
  Trees trees_;
};

}  // namespace

base::Result<PredictorPtr> ReadForestClassifier(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const size_t output_count, OutputCount(estimator));
  if (output_count != 1) return UnsupportedParameter("n_outputs_", std::to_string(output_count));
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  YARD_ASSIGN_OR_RETURN(Trees trees,
                        ReadTrees(estimator, classes.size(), LeafValuesOf(VersionOf(estimator))));
  return std::make_unique<ForestClassifier>(std::move(trees), std::move(classes));
}

base::Result<PredictorPtr> ReadForestRegressor(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const size_t output_count, OutputCount(estimator));
  YARD_ASSIGN_OR_RETURN(Trees trees, ReadTrees(estimator, output_count, LeafValues::kFractions));
  return std::make_unique<ForestRegressor>(std::move(trees));
}

}  // namespace yard::inference::estimators
