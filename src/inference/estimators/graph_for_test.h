#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inference/formats/object.h"

namespace yard::inference::estimators {

/// Object graphs by hand, as a pickle of a fitted estimator would give them. For tests only.
class GraphForTest {
 public:
  using Attributes = std::vector<std::pair<std::string, const formats::Object*>>;

  const formats::Object* None();
  const formats::Object* Number(double value);
  const formats::Object* Integer(int64_t value);
  const formats::Object* Text(std::string value);
  const formats::Object* List(std::vector<const formats::Object*> items);
  const formats::Object* Tuple(std::vector<const formats::Object*> items);
  const formats::Object* Symbol(std::string_view qualified_name);
  const formats::Object* Dict(const Attributes& entries);
  /// float64, C order.
  const formats::Object* Array(std::vector<size_t> shape, const std::vector<double>& values);
  /// int64, one dimension.
  const formats::Object* Integers(const std::vector<int64_t>& values);
  const formats::Object* Texts(const std::vector<std::string>& values);
  const formats::Object* Instance(std::string_view qualified_name, const Attributes& attributes);
  /// An instance whose attributes are filled in later, for cycles.
  formats::Object& EmptyInstance(std::string_view qualified_name);

  /// A fitted DecisionTreeRegressor of scikit-learn 1.9 whose nodes are {left, right, feature,
  /// threshold, value}.
  struct Node {
    int64_t left = -1;
    int64_t right = -1;
    int64_t feature = -2;
    double threshold = -2;
    double value = 0;
  };
  const formats::Object* Tree(const std::vector<Node>& nodes, int64_t feature_count);

 private:
  formats::ObjectGraph graph_;
};

}  // namespace yard::inference::estimators
