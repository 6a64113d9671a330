#include "inference/estimators/scalers.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

/// (x - shift) / scale, either of which may be left out: no operation, not one with 0 or 1.
struct ShiftThenDivide {
  std::optional<std::vector<double>> shift;
  std::optional<std::vector<double>> scale;

  void Apply(size_t column, std::span<const double> from, std::span<double> to) const {
    std::copy(from.begin(), from.end(), to.begin());
    if (shift) {
      for (double& x : to) x -= (*shift)[column];
    }
    if (scale) {
      for (double& x : to) x /= (*scale)[column];
    }
  }
};

/// x * scale + shift, then into [low, high] when clipping.
struct MultiplyThenShift {
  std::vector<double> scale;
  std::vector<double> shift;
  std::optional<std::pair<double, double>> range;

  void Apply(size_t column, std::span<const double> from, std::span<double> to) const {
    for (size_t row = 0; row < from.size(); ++row) {
      to[row] = from[row] * scale[column] + shift[column];
    }
    if (!range) return;
    for (double& x : to) x = std::isnan(x) ? x : std::clamp(x, range->first, range->second);
  }
};

template <typename Rule>
class Scaler final : public Transformer {
 public:
  Scaler(size_t width, Rule rule) : width_(width), rule_(std::move(rule)) {}

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    YARD_RETURN_IF_ERROR(RequireNumbers(input, width_, Accepts::kMissing));
    const auto columns = NewNumberColumns(width_, input.row_count, scratch);
    for (size_t i = 0; i < width_; ++i) {
      rule_.Apply(i, input.columns[i].numbers, MutableNumbers(columns[i]));
      columns[i].name = input.columns[i].name;
    }
    return Table{input.row_count, input.first_row, columns};
  }
  double row_microseconds() const override { return 0.02 + 0.01 * static_cast<double>(width_); }

 private:
  size_t width_;
  Rule rule_;
};

/// An array of one number a feature when `flag` is on and the array is there.
base::Result<std::optional<std::vector<double>>> OptionalArray(const Object& estimator,
                                                               std::string_view flag,
                                                               std::string_view name,
                                                               size_t width) {
  std::optional<std::vector<double>> none;
  YARD_ASSIGN_OR_RETURN(const bool is_on, FlagOr(estimator, flag, true));
  if (!is_on || IsNone(estimator, name)) return none;
  YARD_ASSIGN_OR_RETURN(std::vector<double> values, DoublesOfSize(estimator, name, width));
  return std::optional(std::move(values));
}

base::Result<TransformerPtr> ReadShiftThenDivide(const Object& estimator,
                                                 std::string_view shift_flag,
                                                 std::string_view shift_name,
                                                 std::string_view scale_flag) {
  YARD_ASSIGN_OR_RETURN(const size_t width, FeatureCount(estimator));
  ShiftThenDivide rule;
  YARD_ASSIGN_OR_RETURN(rule.shift, OptionalArray(estimator, shift_flag, shift_name, width));
  YARD_ASSIGN_OR_RETURN(rule.scale, OptionalArray(estimator, scale_flag, "scale_", width));
  return std::make_unique<Scaler<ShiftThenDivide>>(width, std::move(rule));
}

}  // namespace

base::Result<TransformerPtr> ReadStandardScaler(const Object& estimator, Reading&) {
  return ReadShiftThenDivide(estimator, "with_mean", "mean_", "with_std");
}

base::Result<TransformerPtr> ReadRobustScaler(const Object& estimator, Reading&) {
  return ReadShiftThenDivide(estimator, "with_centering", "center_", "with_scaling");
}

base::Result<TransformerPtr> ReadMaxAbsScaler(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const bool clips, FlagOr(estimator, "clip", false));
  if (clips) return UnsupportedParameter("clip", "True");
  return ReadShiftThenDivide(estimator, "", "", "");
}

base::Result<TransformerPtr> ReadMinMaxScaler(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const size_t width, FeatureCount(estimator));
  MultiplyThenShift rule;
  YARD_ASSIGN_OR_RETURN(rule.scale, DoublesOfSize(estimator, "scale_", width));
  YARD_ASSIGN_OR_RETURN(rule.shift, DoublesOfSize(estimator, "min_", width));
  YARD_ASSIGN_OR_RETURN(const bool clips, FlagOr(estimator, "clip", false));
  if (clips) {
    YARD_ASSIGN_OR_RETURN(const auto range, DoublesOfSize(estimator, "feature_range", 2));
    if (!(range[0] <= range[1])) return BadAttribute(estimator, "feature_range", "an empty range");
    rule.range = {range[0], range[1]};
  }
  return std::make_unique<Scaler<MultiplyThenShift>>(width, std::move(rule));
}

}  // namespace yard::inference::estimators
