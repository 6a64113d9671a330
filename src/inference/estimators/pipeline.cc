#include "inference/estimators/pipeline.h"

#include <numeric>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;
using formats::ObjectKind;

struct Step {
  std::string path;  // "steps[0].scale"
  const Object* estimator = nullptr;

  bool is_skipped() const {
    return estimator->is(ObjectKind::kNone) ||
           (estimator->is(ObjectKind::kString) && estimator->text == "passthrough");
  }
};

base::Result<std::vector<Step>> ReadSteps(const Object& pipeline) {
  YARD_ASSIGN_OR_RETURN(const auto items, ItemsOf(pipeline, "steps"));
  std::vector<Step> steps;
  for (const Object* item : items) {
    const bool is_pair = item->items.size() == 2 && item->items[0]->is(ObjectKind::kString);
    if (!is_pair) return BadAttribute(pipeline, "steps", "pairs of a name and an estimator");
    steps.push_back(
        {"steps[" + std::to_string(steps.size()) + "]." + item->items[0]->text, item->items[1]});
  }
  if (steps.empty()) return BadAttribute(pipeline, "steps", "a pipeline without steps");
  return steps;
}

/// Transformers in turn.
struct Chain {
  std::vector<TransformerPtr> transformers;

  base::Result<Table> Transform(Table table, Scratch& scratch) const {
    for (const TransformerPtr& transformer : transformers) {
      YARD_ASSIGN_OR_RETURN(table, transformer->Transform(table, scratch));
    }
    return table;
  }
  double row_microseconds() const {
    return std::accumulate(
        transformers.begin(), transformers.end(), 0.0,
        [](double sum, const TransformerPtr& step) { return sum + step->row_microseconds(); });
  }
};

/// Reads every step, also after one failed, so that each of them is listed; the first error counts.
base::Result<Chain> ReadChain(std::span<const Step> steps, Reading& reading) {
  Chain chain;
  std::optional<base::Error> first_error;
  for (const Step& step : steps) {
    if (step.is_skipped()) continue;
    auto transformer = reading.ReadTransformer(*step.estimator, step.path);
    if (transformer.ok()) {
      chain.transformers.push_back(std::move(transformer).value());
    } else if (!first_error) {
      first_error = std::move(transformer).error();
    }
  }
  if (first_error) return *std::move(first_error);
  return chain;
}

class PredictorPipeline final : public Predictor {
 public:
  PredictorPipeline(Chain chain, PredictorPtr last)
      : chain_(std::move(chain)), last_(std::move(last)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Table table, chain_.Transform(input, scratch));
    return last_->Predict(table, scratch);
  }
  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const Table table, chain_.Transform(input, scratch));
    return last_->PredictProba(table, scratch);
  }
  const Classes* classes() const override { return last_->classes(); }
  double row_microseconds() const override {
    return chain_.row_microseconds() + last_->row_microseconds();
  }

 private:
  Chain chain_;
  PredictorPtr last_;
};

class TransformerPipeline final : public Transformer {
 public:
  explicit TransformerPipeline(Chain chain) : chain_(std::move(chain)) {}

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    return chain_.Transform(input, scratch);
  }
  double row_microseconds() const override { return chain_.row_microseconds(); }

 private:
  Chain chain_;
};

}  // namespace

base::Result<PredictorPtr> ReadPipelinePredictor(const Object& estimator, Reading& reading) {
  YARD_ASSIGN_OR_RETURN(const std::vector<Step> steps, ReadSteps(estimator));
  auto chain = ReadChain(std::span(steps).first(steps.size() - 1), reading);
  auto last = reading.ReadPredictor(*steps.back().estimator, steps.back().path);
  if (!chain.ok()) return std::move(chain).error();
  if (!last.ok()) return std::move(last).error();
  return std::make_unique<PredictorPipeline>(std::move(chain).value(), std::move(last).value());
}

base::Result<TransformerPtr> ReadPipelineTransformer(const Object& estimator, Reading& reading) {
  YARD_ASSIGN_OR_RETURN(const std::vector<Step> steps, ReadSteps(estimator));
  YARD_ASSIGN_OR_RETURN(Chain chain, ReadChain(steps, reading));
  return std::make_unique<TransformerPipeline>(std::move(chain));
}

}  // namespace yard::inference::estimators
