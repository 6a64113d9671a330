#include "inference/xgboost/xgboost_model.h"

#include <algorithm>
#include <utility>

#include "inference/formats/document.h"
#include "inference/xgboost/xgboost_linear.h"
#include "inference/xgboost/xgboost_parameters.h"
#include "inference/xgboost/xgboost_trees.h"

namespace yard::inference::xgboost {

using base::Result;
using formats::DocumentValue;

struct XgboostModel::Impl {
  explicit Impl(LearnerParameters learner)
      : parameters(std::move(learner)), trees(parameters.feature_count) {}

  LearnerParameters parameters;
  std::vector<float> base_margins;  // one a group
  TreeTable trees;
  LinearModel linear;          // of gblinear
  size_t best_tree_count = 0;  // trees up to the best iteration
};

namespace {

base::Error Malformed(std::string problem, std::string_view member) {
  return base::InvalidArgument(std::move(problem), {"member", std::string(member)})
      .WithReason("malformed_xgboost");
}

// Statistics of training, which predictions do not need.
formats::DocumentLimits Limits() {
  formats::DocumentLimits limits;
  limits.skipped_names = {"base_weights", "loss_changes", "sum_hessian", "parents", "Config"};
  return limits;
}

struct BoosterParts {
  const DocumentValue* model = nullptr;        // of gbtree, also inside dart
  const DocumentValue* weight_drop = nullptr;  // of dart
};

Result<BoosterParts> FindParts(const DocumentValue& root, const std::string& booster) {
  const DocumentValue* gradient_booster = root.FindPath({"learner", "gradient_booster"});
  BoosterParts parts;
  if (gradient_booster == nullptr) return Malformed("a member is missing", "gradient_booster");
  parts.model = booster == "dart" ? gradient_booster->FindPath({"gbtree", "model"})
                                  : gradient_booster->Find("model");
  if (parts.model == nullptr) return Malformed("a member is missing", "model");
  if (booster != "dart") return parts;
  parts.weight_drop = gradient_booster->Find("weight_drop");
  if (parts.weight_drop == nullptr) return Malformed("a member is missing", "weight_drop");
  return parts;
}

Result<void> AddTrees(const BoosterParts& parts, size_t group_count, TreeTable& table) {
  const DocumentValue* trees = parts.model->Find("trees");
  const DocumentValue* info = parts.model->Find("tree_info");
  if (trees == nullptr || info == nullptr) return Malformed("a member is missing", "trees");
  if (info->numbers.size() != trees->items.size())
    return Malformed("a list has another length", "tree_info");
  const bool is_dart = parts.weight_drop != nullptr;
  if (is_dart && parts.weight_drop->numbers.size() != trees->items.size())
    return Malformed("a list has another length", "weight_drop");
  for (size_t i = 0; i < trees->items.size(); ++i) {
    YARD_ASSIGN_OR_RETURN(TreeLists lists, ReadTreeLists(trees->items[i]));
    const double group = info->numbers[i];
    if (!(group >= 0) || group >= static_cast<double>(group_count))
      return Malformed("a tree belongs to no output", "tree_info");
    lists.group = static_cast<size_t>(group);
    if (is_dart) lists.weight = static_cast<float>(parts.weight_drop->numbers[i]);
    auto added = table.Add(lists);
    if (!added.ok()) return std::move(added).error().With({"tree", std::to_string(i)});
  }
  return {};
}

// Where the trees of the best iteration end: by iteration_indptr, or by counting in older files.
Result<size_t> BestTreeCount(const DocumentValue& model, const LearnerParameters& parameters,
                             size_t tree_count) {
  if (!parameters.best_iteration) return tree_count;
  const auto rounds = static_cast<uint64_t>(*parameters.best_iteration) + 1;
  const DocumentValue* ends = model.Find("iteration_indptr");
  if (ends != nullptr && rounds < ends->numbers.size()) {
    const double end = ends->numbers[static_cast<size_t>(rounds)];
    if (!(end >= 0) || end > static_cast<double>(tree_count))
      return Malformed("an iteration ends out of range", "iteration_indptr");
    return static_cast<size_t>(end);
  }
  if (ends != nullptr && !ends->numbers.empty()) return tree_count;
  const DocumentValue* tree_parameters = model.Find("gbtree_model_param");
  if (tree_parameters == nullptr) return tree_count;
  int64_t parallel = 1;
  if (tree_parameters->Find("num_parallel_tree") != nullptr) {
    YARD_ASSIGN_OR_RETURN(parallel, ReadCount(*tree_parameters, "num_parallel_tree"));
  }
  if (parallel < 1 || rounds > tree_count) return tree_count;
  const uint64_t trees_a_round =
      static_cast<uint64_t>(std::min<int64_t>(parallel, 1 << 20)) * parameters.group_count;
  return static_cast<size_t>(std::min<uint64_t>(rounds * trees_a_round, tree_count));
}

}  // namespace

XgboostModel::XgboostModel(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
XgboostModel::XgboostModel(XgboostModel&&) noexcept = default;
XgboostModel& XgboostModel::operator=(XgboostModel&&) noexcept = default;
XgboostModel::~XgboostModel() = default;

Result<XgboostModel> XgboostModel::FromDocument(const DocumentValue& document) {
  const DocumentValue* snapshot = document.Find("Model");
  const DocumentValue& root = snapshot != nullptr ? *snapshot : document;
  YARD_ASSIGN_OR_RETURN(LearnerParameters parameters, ReadLearnerParameters(root));
  const std::string booster = parameters.booster;
  const bool is_linear = booster == "gblinear";
  if (!is_linear && booster != "gbtree" && booster != "dart") {
    return base::Unimplemented("the XGBoost booster is not known", {"booster", booster})
        .WithReason("unsupported_booster");
  }
  YARD_ASSIGN_OR_RETURN(const BoosterParts parts, FindParts(root, booster));
  auto impl = std::make_unique<Impl>(std::move(parameters));
  const LearnerParameters& learner = impl->parameters;
  // XGBoost's linear booster starts every output from the first base score.
  for (size_t i = 0; i < learner.group_count; ++i) {
    const float score = learner.base_scores[is_linear ? 0 : i];
    impl->base_margins.push_back(BaseMargin(learner.objective.base_link, score));
  }
  if (is_linear) {
    YARD_ASSIGN_OR_RETURN(
        impl->linear, LinearModel::Read(*parts.model, learner.feature_count, learner.group_count));
  } else {
    YARD_RETURN_IF_ERROR(AddTrees(parts, learner.group_count, impl->trees));
    YARD_ASSIGN_OR_RETURN(impl->best_tree_count,
                          BestTreeCount(*parts.model, learner, impl->trees.tree_count()));
  }
  return XgboostModel(std::move(impl));
}

Result<XgboostModel> XgboostModel::FromJson(std::string_view text) {
  YARD_ASSIGN_OR_RETURN(const DocumentValue document, formats::ReadJsonDocument(text, Limits()));
  return FromDocument(document);
}

Result<XgboostModel> XgboostModel::FromUbjson(std::string_view bytes) {
  YARD_ASSIGN_OR_RETURN(const DocumentValue document, formats::ReadUbjsonDocument(bytes, Limits()));
  return FromDocument(document);
}

Result<XgboostModel> XgboostModel::FromHandle(std::string_view bytes) {
  if (bytes.starts_with("CONFIG-offset:") || bytes.starts_with("binf")) {
    return base::Unimplemented(
               "the pickled XGBoost model is in XGBoost's old binary format, which XGBoost itself "
               "dropped; save the model again with XGBoost 1.7 or newer")
        .WithReason("unsupported_format");
  }
  const bool is_json = bytes.size() > 1 && bytes[0] == '{' && (bytes[1] == '"' || bytes[1] == '\n');
  return is_json ? FromJson(bytes) : FromUbjson(bytes);
}

size_t XgboostModel::feature_count() const { return impl_->parameters.feature_count; }
const std::vector<std::string>& XgboostModel::feature_names() const {
  return impl_->parameters.feature_names;
}
const std::vector<std::string>& XgboostModel::feature_types() const {
  return impl_->parameters.feature_types;
}
const std::string& XgboostModel::objective() const { return impl_->parameters.objective_name; }
const std::string& XgboostModel::booster() const { return impl_->parameters.booster; }
const std::string& XgboostModel::version() const { return impl_->parameters.version; }
OutputKind XgboostModel::output_kind() const { return impl_->parameters.objective.output; }
size_t XgboostModel::group_count() const { return impl_->parameters.group_count; }
size_t XgboostModel::tree_count() const { return impl_->trees.tree_count(); }
size_t XgboostModel::node_count() const { return impl_->trees.node_count(); }
std::optional<int64_t> XgboostModel::best_iteration() const {
  return impl_->parameters.best_iteration;
}

size_t XgboostModel::class_count() const {
  if (impl_->parameters.class_count > 1) return impl_->parameters.class_count;
  return objective().starts_with("binary:") ? 2 : 0;
}

void XgboostModel::Margins(std::span<const float> rows, TreeRange trees,
                           std::span<float> margins) const {
  const size_t groups = group_count();
  for (size_t i = 0; i < margins.size(); ++i) margins[i] = impl_->base_margins[i % groups];
  if (impl_->parameters.booster == "gblinear") {
    impl_->linear.AddTo(rows, margins);
    return;
  }
  const size_t count =
      trees == TreeRange::kAll ? impl_->trees.tree_count() : impl_->best_tree_count;
  impl_->trees.AddTo(rows, count, groups, margins);
}

void XgboostModel::Transform(std::span<float> margins) const {
  ApplyLink(impl_->parameters.objective.link, group_count(), margins);
}

}  // namespace yard::inference::xgboost
