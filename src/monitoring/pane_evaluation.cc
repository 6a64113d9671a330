#include "monitoring/pane_evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "monitoring/comparison.h"
#include "monitoring/performance.h"
#include "monitoring/tally.h"

namespace yard::monitoring {
namespace {

using serving::FeatureKind;
using serving::PredictionRecord;
using serving::PredictionSource;

constexpr std::string_view kChampion = "champion";
using SharedSource = std::shared_ptr<const PredictionSource>;

/// One version on one arm.
struct Group {
  std::string arm, model, version;
  bool is_numeric = true;  // its predictions compare as numbers
  int64_t rows = 0;
  size_t arrival = 0;  // order of the first rows
  double sum = 0;      // of numeric predictions
  columnar::Numbers numbers;
  columnar::Texts texts;
  Performance performance;
};

using GroupKey = std::tuple<std::string, std::string, std::string>;

GroupKey KeyOf(const PredictionSource& source) {
  return {source.arm, source.model, source.version};
}

// Scores of two classes and values of regressors are numbers; other classes are categories.
bool HasNumericPrediction(const PredictionRecord& record) {
  if (!record.source->is_classifier) return record.text.empty();
  return record.source->classes.size() == 2 && record.score.has_value();
}

double NumericPrediction(const PredictionRecord& record) {
  return record.source->is_classifier ? record.score.value_or(kNoNumber) : record.value;
}

std::string CategoricalPrediction(const PredictionRecord& record) {
  if (!record.text.empty()) return record.text;
  const double value = record.value;
  const bool is_integer = std::floor(value) == value && std::abs(value) < 1e15;
  return is_integer ? std::to_string(static_cast<int64_t>(value)) : std::to_string(value);
}

/// The features that the pane's sources log, with a tally each where the baseline has them.
class FeatureTallies {
 public:
  explicit FeatureTallies(const Baseline& baseline) : baseline_(baseline) {}

  void Add(const PredictionRecord& record) {
    for (const Slot& slot : SlotsOf(record.source)) {
      const auto& features = record.features;
      if (slot.kind == FeatureKind::kNumber) {
        AddNumber(slot, features.numbers.at(slot.index));
      } else if (slot.index < features.texts.size()) {
        AddText(slot, features.texts[slot.index]);
      }
    }
  }

  std::vector<FeatureReport> Reports(double alpha) const {
    std::vector<FeatureReport> reports;
    for (const auto& name : order_) {
      const auto tally = tallies_.find(name);
      reports.push_back(tally == tallies_.end() ? unknown_.at(name)
                                                : Compare(tally->second, alpha));
    }
    return reports;
  }

 private:
  struct Slot {
    size_t index;
    FeatureKind kind;
    Tally* tally;  // null: cannot be compared
    std::string name;
  };

  static FeatureType TypeOf(FeatureKind kind) {
    return kind == FeatureKind::kNumber ? FeatureType::kNumeric : FeatureType::kCategorical;
  }

  const std::vector<Slot>& SlotsOf(const SharedSource& source) {
    const auto known = slots_.find(source);
    if (known != slots_.end()) return known->second;
    std::vector<Slot> slots;
    for (size_t i = 0; i < source->features.size(); ++i) {
      const auto& feature = source->features[i];
      slots.push_back({i, feature.kind, TallyOf(feature), feature.name});
    }
    return slots_.emplace(source, std::move(slots)).first->second;
  }

  Tally* TallyOf(const serving::Feature& feature) {
    if (std::find(order_.begin(), order_.end(), feature.name) == order_.end()) {
      order_.push_back(feature.name);
    }
    const ReferenceColumn* column = baseline_.Find(feature.name);
    if (column == nullptr || column->type != TypeOf(feature.kind)) {
      const bool unknown = column == nullptr;
      unknown_.emplace(feature.name,
                       Incomparable(feature.name, TypeOf(feature.kind), 0,
                                    unknown ? Verdict::kInsufficientData : Verdict::kUndefined,
                                    unknown ? "not in the baseline"
                                            : "numbers on one side and text on the other"));
      return nullptr;
    }
    return &tallies_.try_emplace(feature.name, *column).first->second;
  }

  void AddNumber(const Slot& slot, double value) {
    if (slot.tally != nullptr) return slot.tally->AddNumber(value);
    ++unknown_.at(slot.name).rows;
  }
  void AddText(const Slot& slot, const std::optional<std::string>& text) {
    if (slot.tally != nullptr) return slot.tally->AddText(text);
    ++unknown_.at(slot.name).rows;
  }

  const Baseline& baseline_;
  std::vector<std::string> order_;
  std::map<std::string, Tally> tallies_;
  std::map<std::string, FeatureReport> unknown_;
  std::map<SharedSource, std::vector<Slot>> slots_;  // holds the sources: their addresses are keys
};

class Evaluation {
 public:
  Evaluation(PredictionHistory& history, const PaneContext& context)
      : history_(history), context_(context) {}

  base::Result<PaneReport> Run() {
    YARD_RETURN_IF_ERROR(FindGroups());
    PaneReport report;
    report.span = context_.span;
    if (groups_.empty()) {
      report.status = "insufficient_data";
      return report;
    }
    YARD_ASSIGN_OR_RETURN(baseline_, FindBaseline());
    if (baseline_ != nullptr) tallies_.emplace(*baseline_);
    YARD_RETURN_IF_ERROR(ReadRows());
    Fill(report);
    return report;
  }

 private:
  base::Result<void> Scan(PredictionHistory::Visit visit) {
    return history_.Scan(context_.endpoint, context_.span.start, context_.span.end, visit);
  }

  // First pass: who predicted how often, the reference first.
  base::Result<void> FindGroups() {
    std::map<GroupKey, Group> groups;
    std::map<std::string, int64_t> arm_rows;
    YARD_RETURN_IF_ERROR(Scan([&](const PredictionRecord& record) -> base::Result<void> {
      const size_t known = groups.size();
      Group& group = groups[KeyOf(*record.source)];
      if (++group.rows == 1) group.arrival = known;
      arm_rows[record.source->arm] += 1;
      group.is_numeric = group.is_numeric && HasNumericPrediction(record);
      return {};
    }));
    for (auto& [key, group] : groups) {
      std::tie(group.arm, group.model, group.version) = key;
      groups_.push_back(std::move(group));
    }
    const auto rank = [&arm_rows](const Group& group) {
      return std::tuple(group.arm != kChampion, -arm_rows.at(group.arm), group.arm, group.arrival);
    };
    std::sort(groups_.begin(), groups_.end(),
              [&rank](const Group& a, const Group& b) { return rank(a) < rank(b); });
    for (size_t i = 0; i < groups_.size(); ++i) {
      places_[{groups_[i].arm, groups_[i].model, groups_[i].version}] = i;
    }
    return {};
  }

  // That of the reference version; of the next busiest where it has none.
  base::Result<std::shared_ptr<const Baseline>> FindBaseline() {
    for (const Group& group : groups_) {
      YARD_ASSIGN_OR_RETURN(auto baseline, context_.baseline_of(group.model, group.version));
      if (baseline != nullptr) return baseline;
    }
    return std::shared_ptr<const Baseline>();
  }

  base::Result<void> ReadRows() {
    return Scan([this](const PredictionRecord& record) -> base::Result<void> {
      const auto place = places_.find(KeyOf(*record.source));
      if (place == places_.end()) return {};  // a version whose first row came between the passes
      Group& group = groups_[place->second];
      if (group.is_numeric) {
        group.numbers.push_back(NumericPrediction(record));
        group.sum += group.numbers.back();
      } else {
        group.texts.emplace_back(CategoricalPrediction(record));
      }
      if (tallies_) tallies_->Add(record);
      YARD_ASSIGN_OR_RETURN(const auto label, context_.label_of(record.request_id));
      if (label) group.performance.Add(record, *label);
      return {};
    });
  }

  static columnar::Column PredictionColumn(const Group& group) {
    if (group.is_numeric) return {"prediction", group.numbers};
    return {"prediction", group.texts};
  }

  FeatureReport ComparePredictions(const ReferenceColumn& reference, const Group& group,
                                   std::string name) const {
    const FeatureType type = group.is_numeric ? FeatureType::kNumeric : FeatureType::kCategorical;
    if (reference.type != type) {
      return Incomparable(std::move(name), type, group.rows, Verdict::kUndefined,
                          "probabilities on one side and classes on the other");
    }
    Tally tally(reference);
    for (const double number : group.numbers) tally.AddNumber(number);
    for (const auto& text : group.texts) tally.AddText(text);
    FeatureReport report = Compare(tally, context_.settings.alpha);
    report.name = std::move(name);
    return report;
  }

  ArmReport ArmOf(const Group& group) const {
    ArmReport arm;
    arm.arm = group.arm;
    arm.model = group.model;
    arm.version = group.version;
    arm.rows = group.rows;
    if (group.is_numeric && group.rows > 0) {
      arm.mean_prediction = group.sum / static_cast<double>(group.rows);
    }
    group.performance.Measure(arm);
    return arm;
  }

  void Fill(PaneReport& report) {
    for (const Group& group : groups_) {
      report.rows += group.rows;
      report.arms.push_back(ArmOf(group));
    }
    CompareArms(report);
    if (baseline_ == nullptr) {
      report.status = "no_baseline";
      NoteDrift(report);
      return;
    }
    report.model = baseline_->model;
    report.version = baseline_->version;
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
    report.features = tallies_->Reports(context_.settings.alpha);
    Judge(report.features, context_.settings);
    ComparePredictionsWithBaseline(report);
    const bool enough = report.rows >= context_.settings.minimum_rows;
    report.status = enough ? "ok" : "insufficient_data";
    NoteDrift(report);
  }

  void ComparePredictionsWithBaseline(PaneReport& report) const {
    if (!baseline_->prediction) return;
    for (const Group& group : groups_) {
      if (group.model != baseline_->model || group.version != baseline_->version) continue;
      std::vector<FeatureReport> one = {
          // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
          ComparePredictions(*baseline_->prediction, group, "prediction")};
      Judge(one, context_.settings);
      report.prediction = std::move(one.front());
      return;
    }
  }

  // One family of tests: each further version against the reference.
  void CompareArms(PaneReport& report) const {
    if (groups_.size() < 2) return;
    const ReferenceColumn reference = MakeReferenceColumn(PredictionColumn(groups_.front()));
    std::vector<FeatureReport> comparisons;
    for (size_t i = 1; i < groups_.size(); ++i) {
      const Group& group = groups_[i];
      comparisons.push_back(
          ComparePredictions(reference, group, "prediction of " + group.arm + "/" + group.version));
    }
    Judge(comparisons, context_.settings);
    for (size_t i = 1; i < groups_.size(); ++i) {
      report.arms[i].against_reference = std::move(comparisons[i - 1]);
    }
  }

  // Another version on the same arm is meant to answer alike; another arm may differ by design, so
  // its comparison is shown but raises no alarm.
  static void NoteDrift(PaneReport& report) {
    const auto note = [&report](const FeatureReport& feature) {
      if (feature.verdict == Verdict::kDrift) report.drifted_features.push_back(feature.name);
    };
    for (const auto& feature : report.features) note(feature);
    if (report.prediction) note(*report.prediction);
    for (const auto& arm : report.arms) {
      if (arm.against_reference && arm.arm == report.arms.front().arm) {
        note(*arm.against_reference);
      }
    }
    if (!report.drifted_features.empty()) report.status = "drift";
  }

  PredictionHistory& history_;
  const PaneContext& context_;
  std::vector<Group> groups_;
  std::map<GroupKey, size_t> places_;
  std::shared_ptr<const Baseline> baseline_;
  std::optional<FeatureTallies> tallies_;
};

}  // namespace

base::Result<PaneReport> EvaluatePane(PredictionHistory& history, const PaneContext& context) {
  return Evaluation(history, context).Run();
}

}  // namespace yard::monitoring
