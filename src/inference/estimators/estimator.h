#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/estimators/scratch.h"
#include "inference/estimators/table.h"
#include "inference/model.h"

namespace yard::inference::estimators {

/// A fitted step that turns columns into columns. Immutable; a row's result never depends on the
/// other rows of the table.
class Transformer {
 public:
  virtual ~Transformer() = default;

  /// Errors: kInvalidArgument for cells that the library refuses too.
  virtual base::Result<Table> Transform(const Table& input, Scratch& scratch) const = 0;
  virtual double row_microseconds() const { return 0.05; }
};

/// The classes of a classifier, in the order of its probabilities.
struct Classes {
  Predictions::Kind kind = Predictions::Kind::kInteger;
  std::vector<double> numbers;     // kReal, kInteger, kBoolean
  std::vector<std::string> texts;  // kText

  size_t size() const { return kind == Predictions::Kind::kText ? texts.size() : numbers.size(); }
};

/// The columns that an estimator was fitted on.
struct FittedColumns {
  size_t count = 0;
  std::vector<std::string> names;  // empty when fitted without names
};

/// A fitted step at the end. Immutable; a row's result never depends on the other rows.
class Predictor {
 public:
  virtual ~Predictor() = default;

  /// Regressors: values. Classifiers: positions in `classes()`, one a row.
  virtual base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const = 0;
  /// One column a class. Errors: kUnimplemented for what has no probabilities.
  virtual base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const;
  /// What pyfunc gives for a model that is not of scikit-learn's kind (a bare XGBoost Booster).
  virtual base::Result<Matrix> PredictDefault(const Table& input, Scratch& scratch) const {
    return Predict(input, scratch);
  }

  /// Of a model file that knows its own columns (XGBoost's); empty otherwise.
  virtual FittedColumns own_columns() const { return {}; }
  /// Null for regressors.
  virtual const Classes* classes() const { return nullptr; }
  virtual double row_microseconds() const = 0;
};

using TransformerPtr = std::unique_ptr<const Transformer>;
using PredictorPtr = std::unique_ptr<const Predictor>;

/// The position of each row's largest value, the first of equals, as numpy's argmax: NaN wins.
Matrix ArgMaxOfRows(const Matrix& scores, Scratch& scratch);

}  // namespace yard::inference::estimators
