#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "inference/engines/tree.h"
#include "inference/formats/object.h"

namespace yard::inference::estimators {

/// The categories below 256 that training saw, a bit each; one entry a feature, empty ones for
/// numeric features.
using KnownCategories = std::vector<std::array<uint64_t, 4>>;

/// `_bin_mapper`'s categories, in the order of the tree's features.
base::Result<KnownCategories> ReadKnownCategories(const formats::Object& estimator,
                                                  size_t feature_count);

/// One sklearn TreePredictor: `nodes` by field name, `raw_left_cat_bitsets`. A leaf adds to
/// `output`. Unknown categories are turned into the missing side here, once.
base::Result<engines::Tree> ReadHistTree(const formats::Object& predictor,
                                         const KnownCategories& known, size_t output);

}  // namespace yard::inference::estimators
