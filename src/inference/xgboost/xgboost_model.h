#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::inference::formats {
struct DocumentValue;
}

namespace yard::inference::xgboost {

/// Which trees count. xgboost's scikit-learn API stops after the best iteration when early stopping
/// found one; Booster.predict uses all.
enum class TreeRange { kAll, kBestIteration };

/// What Transform makes of the margins.
enum class OutputKind {
  kValue,          // one real value an output
  kProbability,    // one value: the probability of class 1
  kProbabilities,  // one probability a class
  kClass,          // multi:softmax: Transform gives the probabilities, Booster.predict the label
};

/// An XGBoost model (gbtree, dart, gblinear) that gives the same bits as xgboost itself. Immutable:
/// every method may be called from any thread at once; a row gives the same bits alone and in a
/// batch. Every node is checked at load: children in range, no node with two parents, features in
/// range.
///
/// Rows hold feature_count() float32 values; NaN is missing. Callers replace the wrapper's own
/// `missing` value first.
class XgboostModel {
 public:
  /// The model file of save_model("….json"). Errors: kInvalidArgument (reason
  /// "malformed_xgboost"), kUnimplemented (detail "objective" or "booster") for what cannot be
  /// computed.
  static base::Result<XgboostModel> FromJson(std::string_view text);
  /// The model file of save_model("….ubj").
  static base::Result<XgboostModel> FromUbjson(std::string_view bytes);
  /// The `handle` bytes of a pickled Booster: {"Config", "Model"}, of which only Model is read.
  static base::Result<XgboostModel> FromHandle(std::string_view bytes);

  XgboostModel(XgboostModel&&) noexcept;
  XgboostModel& operator=(XgboostModel&&) noexcept;
  ~XgboostModel();

  size_t feature_count() const;
  const std::vector<std::string>& feature_names() const;  // empty when trained without names
  const std::vector<std::string>& feature_types()
      const;                             // "float", "int", "i", "q", "c"; may be empty
  const std::string& objective() const;  // "binary:logistic"
  const std::string& booster() const;    // "gbtree", "dart", "gblinear"
  const std::string& version() const;    // "3.2.0"
  OutputKind output_kind() const;
  /// Margins a row: 1, or one a class or target.
  size_t group_count() const;
  /// 2 for binary objectives, the classes of multi:*, 0 for regression and ranking.
  size_t class_count() const;
  size_t tree_count() const;
  size_t node_count() const;
  std::optional<int64_t> best_iteration() const;

  /// The margins (output_margin=True) of every row. `rows` is row-major, `margins` gets
  /// group_count() values a row; both sizes must match.
  void Margins(std::span<const float> rows, TreeRange trees, std::span<float> margins) const;

  /// Turns margins into predictions in place, row by row: sigmoid, softmax, exp or nothing.
  void Transform(std::span<float> margins) const;

 private:
  struct Impl;
  static base::Result<XgboostModel> FromDocument(const formats::DocumentValue& document);
  explicit XgboostModel(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace yard::inference::xgboost
