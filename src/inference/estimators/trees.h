#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "inference/engines/forest.h"
#include "inference/engines/tree.h"
#include "inference/estimators/reading.h"
#include "inference/estimators/scratch.h"
#include "inference/estimators/table.h"
#include "inference/formats/object.h"

/// What scikit-learn's trees and their ensembles share.
namespace yard::inference::estimators {

/// The `tree_` of a fitted DecisionTree or ExtraTree: sklearn.tree._tree.Tree. Its node records are
/// read by field name, so records of any release, 32-bit and big-endian files read alike.
/// `value_width` numbers a node are expected: classes, or outputs of a regressor.
base::Result<engines::Tree> ReadTree(const formats::Object& estimator, size_t value_width);

/// The number of outputs, `n_outputs_`: 1 when absent, at most 10,000.
base::Result<size_t> OutputCount(const formats::Object& estimator);

/// How scikit-learn stored a classifier's leaf values.
enum class LeafValues {
  kCounts,     // weighted counts, before 1.4: probabilities divide by their sum
  kFractions,  // from 1.4: probabilities as they are
};
LeafValues LeafValuesOf(SklearnVersion version);

/// Divides by the sum, where that is not zero, as predict_proba did before 1.4.
void NormalizeCounts(std::span<double> counts);

/// Whether this single tree takes NaN: from 1.3, as far as splitter, criterion and constraints
/// allow it in the release that wrote the tree.
bool TakesMissing(const formats::Object& tree_estimator);

/// Leaves of every row added to `initial`; the table is checked first.
base::Result<Matrix> SumLeaves(const engines::Forest<float>& forest, const Table& input,
                               Accepts accepts, double initial, Scratch& scratch);

}  // namespace yard::inference::estimators
