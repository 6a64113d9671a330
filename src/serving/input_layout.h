#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inference/model.h"
#include "serving/prediction_log.h"

namespace yard::serving {

/// What a column takes. kAny belongs to models without a signature: numbers as long as no text
/// comes.
enum class CellKind { kNumber, kText, kAny };

struct InputColumn {
  std::string name;
  CellKind kind = CellKind::kNumber;
  bool takes_fractions = true;  // false: integers only
  bool required = true;
};

/// The named columns that a model takes, in its order, and the way from a name to its slot.
/// Immutable. A model without signature and feature names has no columns: it takes what comes.
class InputLayout {
 public:
  explicit InputLayout(const inference::Model& model);

  const std::vector<InputColumn>& columns() const { return columns_; }
  bool has_names() const { return !columns_.empty(); }
  /// How many features a model without names wants; 0 when it does not say.
  size_t feature_count() const { return feature_count_; }
  /// Different for every layout of the process.
  uint64_t id() const { return id_; }

  /// The slot of `name`. `hint` is where to look first: rows mostly come in order.
  std::optional<size_t> SlotOf(std::string_view name, size_t hint) const;

  /// The columns as the prediction log names them.
  std::vector<Feature> Features() const;

 private:
  std::vector<InputColumn> columns_;
  std::map<std::string, size_t, std::less<>> slots_;
  size_t feature_count_ = 0;
  uint64_t id_ = 0;
};

}  // namespace yard::serving
