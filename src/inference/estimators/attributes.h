#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/estimators/estimator.h"
#include "inference/formats/object.h"

/// What several estimators read alike from their attributes, beyond formats/object.h. Errors are
/// kInvalidArgument with the details "attribute" and "class" unless a function says otherwise.
namespace yard::inference::estimators {

/// A scalar of an object array or a parameter.
struct Value {
  enum class Kind { kNone, kNumber, kText };
  Kind kind = Kind::kNone;
  double number = 0;  // may be NaN
  std::string text;

  bool is_missing() const;
};

/// A Python or numpy scalar. Errors: kUnimplemented for any other object.
base::Result<Value> ReadValue(const formats::Object& object);
/// The elements of an array of numbers, text or objects, a list or a tuple.
base::Result<std::vector<Value>> ReadValues(const formats::Object& object);

/// `object.name` as text, or `otherwise` when it is absent or None.
base::Result<std::string> TextOr(const formats::Object& object, std::string_view name,
                                 std::string_view otherwise);
base::Result<bool> FlagOr(const formats::Object& object, std::string_view name, bool otherwise);

/// True when the attribute is absent or None.
bool IsNone(const formats::Object& object, std::string_view name);

/// `feature_names_in_`; empty when the estimator was fitted without names.
base::Result<std::vector<std::string>> FeatureNames(const formats::Object& estimator);
/// `n_features_in_`, at most kMaxFeatures.
base::Result<size_t> FeatureCount(const formats::Object& estimator);
constexpr size_t kMaxFeatures = 1'000'000;

/// The classes_ array `object.name`. Errors: kUnimplemented for classes that are not numbers,
/// booleans or text, or that mix them.
base::Result<Classes> ReadClasses(const formats::Object& object, std::string_view name);

/// An array attribute that must have `count` numbers.
base::Result<std::vector<double>> DoublesOfSize(const formats::Object& object,
                                                std::string_view name, size_t count);

/// The instances in a list or object array attribute.
base::Result<std::vector<const formats::Object*>> ItemsOf(const formats::Object& object,
                                                          std::string_view name);

base::Error BadAttribute(const formats::Object& object, std::string_view name, std::string problem);
/// A parameter that this reader knows and cannot compute.
base::Error UnsupportedParameter(std::string_view name, std::string_view value);

}  // namespace yard::inference::estimators
