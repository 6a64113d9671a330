#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"
#include "columnar/table.h"
#include "inference/model.h"

namespace yard::app {

/// Rows done and rows in all.
using ScoringProgress = std::function<void(size_t done, size_t total)>;

/// Predicts every row of `table` in blocks and returns the table with the predictions behind its
/// columns: `prediction`, and with kPredictProba one column `probability_<class>` a class. A row
/// gives the same bits as when it is predicted alone. Errors: those of inference::EnforceSignature
/// and Model::Predict.
base::Result<columnar::Table> ScoreTable(const inference::Model& model, columnar::Table table,
                                         inference::PredictMethod method,
                                         const ScoringProgress& progress);

}  // namespace yard::app
