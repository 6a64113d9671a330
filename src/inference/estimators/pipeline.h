#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.pipeline.Pipeline: transformers in turn, then a predictor; or transformers only, as a
// step of something else. "passthrough" and None are skipped.
base::Result<PredictorPtr> ReadPipelinePredictor(const formats::Object& estimator,
                                                 Reading& reading);
base::Result<TransformerPtr> ReadPipelineTransformer(const formats::Object& estimator,
                                                     Reading& reading);

}  // namespace yard::inference::estimators
