#include "serving/routes.h"

#include <algorithm>
#include <utility>

#include "serving/assignment.h"

namespace yard::serving {

namespace {

std::vector<double> WeightsOf(const std::vector<ActiveArm>& arms) {
  std::vector<double> weights;
  for (const auto& arm : arms) weights.push_back(arm.weight);
  return weights;
}

size_t HeaviestServing(const std::vector<ActiveArm>& arms) {
  size_t best = arms.size();
  for (size_t i = 0; i < arms.size(); ++i) {
    if (!arms[i].servable) continue;
    if (best == arms.size() || arms[i].weight > arms[best].weight) best = i;
  }
  return best;
}

std::shared_ptr<const PredictionSource> SourceOf(const std::string& endpoint,
                                                 const std::string& arm, const Servable& servable) {
  const auto& description = servable.model().description();
  return std::make_shared<const PredictionSource>(PredictionSource{
      endpoint, arm, servable.key().name, servable.key().version, description.is_classifier,
      description.classes, servable.layout().Features()});
}

}  // namespace

ActiveArm MakeActiveArm(const std::string& endpoint, std::string arm, double weight,
                        std::shared_ptr<const Servable> servable,
                        std::shared_ptr<ArmTraffic> traffic, ServingMetrics& metrics) {
  ActiveArm active{std::move(arm), weight, std::move(servable), nullptr, std::move(traffic)};
  metrics.arms_serving.With({endpoint, active.name}).Set(active.servable ? 1 : 0);
  if (!active.servable) return active;
  const ModelKey& key = active.servable->key();
  active.source = SourceOf(endpoint, active.name, *active.servable);
  active.predictions = &metrics.predictions.With({endpoint, key.name, key.version, active.name});
  active.durations = &metrics.durations.With({endpoint, active.name});
  return active;
}

Routes::Routes(std::string endpoint, std::string salt, std::vector<ActiveArm> arms)
    : endpoint_(std::move(endpoint)),
      salt_(std::move(salt)),
      arms_(std::move(arms)),
      shares_(CumulativeShares(WeightsOf(arms_))),
      fallback_(HeaviestServing(arms_)) {
  for (const auto& arm : arms_) {
    if (!arm.servable) continue;
    row_microseconds_ =
        std::max(row_microseconds_, arm.servable->model().estimated_row_microseconds());
    const auto& layout = arm.servable->layout();
    column_count_ = std::max({column_count_, layout.columns().size(), layout.feature_count()});
  }
}

const ActiveArm* Routes::ArmOf(std::string_view key) const {
  if (fallback_ == arms_.size()) return nullptr;
  if (arms_.size() == 1) return arms_.data();
  const ActiveArm& assigned = arms_[PieceOf(shares_, AssignmentPoint(salt_, key))];
  return assigned.servable ? &assigned : &arms_[fallback_];
}

}  // namespace yard::serving
