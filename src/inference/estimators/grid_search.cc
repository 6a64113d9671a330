#include "inference/estimators/grid_search.h"

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {

base::Result<PredictorPtr> ReadSearch(const formats::Object& estimator, Reading& reading) {
  if (IsNone(estimator, "best_estimator_")) {
    return base::Unimplemented("a search with refit=False keeps no model")
        .WithReason("unsupported_parameter");
  }
  YARD_ASSIGN_OR_RETURN(const formats::Object* best,
                        formats::Attribute(estimator, "best_estimator_"));
  return reading.ReadPredictor(*best, "best_estimator_");
}

}  // namespace yard::inference::estimators
