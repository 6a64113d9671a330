#include "inference/xgboost/xgboost_parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace yard::inference::xgboost {
namespace {

using base::Result;
using formats::DocumentValue;
using Kind = DocumentValue::Kind;

constexpr int64_t kMaxFeatures = 1 << 30;
constexpr int64_t kMaxGroups = 100'000;

base::Error Malformed(std::string problem, std::string_view member = {}) {
  return base::InvalidArgument(std::move(problem), {"member", std::string(member)})
      .WithReason("malformed_xgboost");
}

Result<float> ParseFloat(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  const size_t last = text.find_last_not_of(" \t");
  if (first == std::string_view::npos) return Malformed("a number is empty");
  text = text.substr(first, last - first + 1);
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return Malformed("a number cannot be read");
  return value;
}

// "5E-1", or since 3.1 "[5E-1]" and "[2E-1,3E-1]".
Result<std::vector<float>> ParseScores(std::string_view text) {
  const bool is_list = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  if (is_list) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  while (true) {
    const size_t comma = is_list ? text.find(',') : std::string_view::npos;
    YARD_ASSIGN_OR_RETURN(const float score, ParseFloat(text.substr(0, comma)));
    scores.push_back(score);
    if (comma == std::string_view::npos) return scores;
    text.remove_prefix(comma + 1);
  }
}

std::string TextOf(const DocumentValue* value) {
  return value != nullptr && value->kind == Kind::kString ? value->text : std::string();
}

std::vector<std::string> TextsOf(const DocumentValue* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const DocumentValue& item : list->items) texts.push_back(item.text);
  return texts;
}

std::string VersionOf(const DocumentValue* version) {
  std::string text;
  if (version == nullptr) return text;
  for (const double part : version->numbers) {
    if (!text.empty()) text += '.';
    text += std::to_string(static_cast<int>(std::min(std::max(part, 0.0), 1e6)));
  }
  return text;
}

std::optional<int64_t> BestIteration(const DocumentValue& learner) {
  const std::string text = TextOf(learner.FindPath({"attributes", "best_iteration"}));
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

Result<int64_t> CountOr(const DocumentValue& object, std::string_view name, int64_t otherwise) {
  if (object.Find(name) == nullptr) return otherwise;
  return ReadCount(object, name);
}

Result<void> ReadModelParameters(const DocumentValue& learner, LearnerParameters& parameters) {
  const DocumentValue* values = learner.Find("learner_model_param");
  if (values == nullptr) return Malformed("a member is missing", "learner_model_param");
  YARD_ASSIGN_OR_RETURN(const int64_t features, ReadCount(*values, "num_feature"));
  YARD_ASSIGN_OR_RETURN(const int64_t classes, CountOr(*values, "num_class", 0));
  YARD_ASSIGN_OR_RETURN(const int64_t targets, CountOr(*values, "num_target", 1));
  if (features < 0 || features > kMaxFeatures) return Malformed("out of range", "num_feature");
  if (classes < 0 || classes > kMaxGroups) return Malformed("out of range", "num_class");
  if (targets < 0 || targets > kMaxGroups) return Malformed("out of range", "num_target");
  parameters.feature_count = static_cast<size_t>(features);
  parameters.class_count = static_cast<size_t>(classes);
  parameters.group_count = static_cast<size_t>(std::max({classes, targets, int64_t{1}}));
  const DocumentValue* score = values->Find("base_score");
  if (score == nullptr) return Malformed("a member is missing", "base_score");
  const bool is_number = score->kind == Kind::kNumber;
  if (is_number) parameters.base_scores = {static_cast<float>(score->number)};
  if (!is_number) {
    YARD_ASSIGN_OR_RETURN(parameters.base_scores, ParseScores(score->text));
  }
  if (parameters.base_scores.size() == 1)
    parameters.base_scores.resize(parameters.group_count, parameters.base_scores.front());
  if (parameters.base_scores.size() != parameters.group_count)
    return Malformed("there are not as many base scores as outputs", "base_score");
  return {};
}

// A list of numbers that are `Number`s.
template <typename Number>
Result<std::vector<Number>> Numbers(const DocumentValue& object, std::string_view name) {
  const DocumentValue* list = object.Find(name);
  if (list == nullptr || list->kind != Kind::kNumbers)
    return Malformed("a list of numbers is missing", name);
  std::vector<Number> numbers;
  numbers.reserve(list->numbers.size());
  for (const double number : list->numbers) {
    if constexpr (std::is_integral_v<Number>) {
      const bool fits = number >= static_cast<double>(std::numeric_limits<Number>::min()) &&
                        number <= static_cast<double>(std::numeric_limits<Number>::max());
      if (!fits) return Malformed("a number is out of range", name);
    }
    numbers.push_back(static_cast<Number>(number));
  }
  return numbers;
}

// Booleans are numbers, or true and false in the JSON of older versions.
Result<std::vector<bool>> Flags(const DocumentValue& object, std::string_view name) {
  const DocumentValue* list = object.Find(name);
  if (list == nullptr) return Malformed("a list is missing", name);
  std::vector<bool> flags;
  for (const double number : list->numbers) flags.push_back(number != 0);
  for (const DocumentValue& item : list->items) flags.push_back(item.number != 0);
  return flags;
}

// The sets of all categorical nodes lie in one list, cut by segments and sizes.
Result<void> ReadCategories(const DocumentValue& tree, TreeLists& lists) {
  lists.is_categorical.assign(lists.left.size(), false);
  lists.categories.assign(lists.left.size(), {});
  if (tree.Find("split_type") == nullptr || tree.Find("categories_nodes") == nullptr) return {};
  YARD_ASSIGN_OR_RETURN(const auto types, Flags(tree, "split_type"));
  if (types.size() != lists.left.size())
    return Malformed("a list has another length", "split_type");
  for (size_t i = 0; i < types.size(); ++i) lists.is_categorical[i] = types[i];
  YARD_ASSIGN_OR_RETURN(const auto nodes, Numbers<uint32_t>(tree, "categories_nodes"));
  YARD_ASSIGN_OR_RETURN(const auto segments, Numbers<uint32_t>(tree, "categories_segments"));
  YARD_ASSIGN_OR_RETURN(const auto sizes, Numbers<uint32_t>(tree, "categories_sizes"));
  YARD_ASSIGN_OR_RETURN(const auto categories, Numbers<uint32_t>(tree, "categories"));
  if (segments.size() != nodes.size() || sizes.size() != nodes.size())
    return Malformed("a list has another length", "categories_segments");
  size_t used = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const bool fits = nodes[i] < lists.left.size() && segments[i] <= categories.size() &&
                      sizes[i] <= categories.size() - segments[i];
    used += sizes[i];
    if (!fits || used > categories.size())
      return Malformed("a set of categories is out of range", "categories_segments");
    const auto first = categories.begin() + static_cast<std::ptrdiff_t>(segments[i]);
    lists.categories[nodes[i]].assign(first, first + static_cast<std::ptrdiff_t>(sizes[i]));
  }
  return {};
}

Result<void> RefuseVectorLeaves(const DocumentValue& tree) {
  const DocumentValue* parameters = tree.Find("tree_param");
  if (parameters == nullptr) return {};
  YARD_ASSIGN_OR_RETURN(const int64_t size, CountOr(*parameters, "size_leaf_vector", 1));
  if (size <= 1) return {};
  return base::Unimplemented("trees whose leaves are vectors (multi_output_tree) cannot be read",
                             {"size_leaf_vector", std::to_string(size)})
      .WithReason("unsupported_leaves");
}

}  // namespace

Result<int64_t> ReadCount(const DocumentValue& object, std::string_view name) {
  const DocumentValue* value = object.Find(name);
  if (value == nullptr) return Malformed("a member is missing", name);
  if (value->kind == Kind::kNumber) {
    const bool fits = std::abs(value->number) < 9e15 && std::floor(value->number) == value->number;
    if (!fits) return Malformed("a whole number was expected", name);
    return static_cast<int64_t>(value->number);
  }
  int64_t count = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, count);
  if (value->text.empty() || error != std::errc() || stop != end)
    return Malformed("a whole number was expected", name);
  return count;
}

Result<LearnerParameters> ReadLearnerParameters(const DocumentValue& root) {
  const DocumentValue* learner = root.Find("learner");
  if (learner == nullptr) return Malformed("this is no XGBoost model", "learner");
  LearnerParameters parameters;
  YARD_RETURN_IF_ERROR(ReadModelParameters(*learner, parameters));
  parameters.objective_name = TextOf(learner->FindPath({"objective", "name"}));
  YARD_ASSIGN_OR_RETURN(parameters.objective, FindObjective(parameters.objective_name));
  const bool is_softmax = parameters.objective.link == Objective::Link::kSoftmax;
  if (is_softmax && parameters.class_count < 2)
    return Malformed("a multi-class model has less than two classes", "num_class");
  parameters.booster = TextOf(learner->FindPath({"gradient_booster", "name"}));
  parameters.version = VersionOf(root.Find("version"));
  parameters.feature_names = TextsOf(learner->Find("feature_names"));
  parameters.feature_types = TextsOf(learner->Find("feature_types"));
  parameters.best_iteration = BestIteration(*learner);
  return parameters;
}

Result<TreeLists> ReadTreeLists(const DocumentValue& tree) {
  YARD_RETURN_IF_ERROR(RefuseVectorLeaves(tree));
  TreeLists lists;
  YARD_ASSIGN_OR_RETURN(lists.left, Numbers<int32_t>(tree, "left_children"));
  YARD_ASSIGN_OR_RETURN(lists.right, Numbers<int32_t>(tree, "right_children"));
  YARD_ASSIGN_OR_RETURN(lists.features, Numbers<uint32_t>(tree, "split_indices"));
  YARD_ASSIGN_OR_RETURN(lists.conditions, Numbers<float>(tree, "split_conditions"));
  YARD_ASSIGN_OR_RETURN(lists.default_left, Flags(tree, "default_left"));
  YARD_RETURN_IF_ERROR(ReadCategories(tree, lists));
  return lists;
}

}  // namespace yard::inference::xgboost
