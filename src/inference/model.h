#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace yard::inference {

/// Column types of an MLflow signature.
enum class DataType { kBoolean, kInteger, kLong, kFloat, kDouble, kString, kBinary, kDatetime };

struct ColumnSpec {
  std::string name;
  DataType type = DataType::kDouble;
  bool required = true;
};

/// What a model takes and gives, as its MLmodel file says it. A model without one has empty lists
/// and `declared` false.
struct Signature {
  bool declared = false;
  std::vector<ColumnSpec> inputs;
  std::vector<ColumnSpec> outputs;
};

/// Text cells; nullopt is missing.
using TextColumn = std::vector<std::optional<std::string>>;
/// Numeric cells; NaN is missing. Booleans are 0 and 1, integers are exact up to 2^53.
using NumberColumn = std::vector<double>;

struct Column {
  std::string name;
  std::variant<NumberColumn, TextColumn> cells;
};

/// Rows to predict: named columns of equal length.
struct Frame {
  std::vector<Column> columns;
  size_t row_count = 0;

  const Column* Find(std::string_view name) const;
};

enum class PredictMethod {
  kDefault,  // what the MLflow flavour's pyfunc `predict` gives (labels for classifiers, unless
             // logged with another predict_fn)
  kPredict,  // labels or values
  kPredictProba,  // one column a class
};

/// The answer for every row. `values` is row-major, `width` columns. Labels that are text are
/// indices into `labels`.
struct Predictions {
  enum class Kind { kReal, kInteger, kBoolean, kText };
  Kind kind = Kind::kReal;
  size_t row_count = 0;
  size_t width = 1;
  bool is_matrix = false;  // true: each row is a list, even of one
  std::vector<double> values;
  std::vector<std::string> labels;  // kText: values are indices into it
};

/// One part of a model, for people: what it is and whether it can be read natively.
struct Part {
  std::string path;        // "steps[0].imputer"
  std::string class_name;  // "sklearn.impute._base.SimpleImputer"
  bool supported = true;
  std::string problem;  // why not, when not supported
};

/// What is known of a model without running it.
struct Description {
  std::string flavor;           // "sklearn", "xgboost"
  std::string format;           // "skops", "pickle", "joblib", "xgboost-ubj", "xgboost-json"
  std::string library_version;  // of the library that wrote it, where the file says so
  std::vector<Part> parts;      // in order of execution; the first is the root
  std::vector<std::string>
      feature_names;  // in the model's order; empty when the model was fitted without names
  size_t feature_count = 0;
  std::vector<std::string> classes;  // as text; empty for regressors
  bool is_classifier = false;
  std::optional<std::string> input_example_json;  // serving_input_example.json of an MLflow folder
};

/// An executable model. Immutable: every method may be called from any thread at once, and a row
/// gives the same bits alone, in a batch and on any thread.
class Model {
 public:
  virtual ~Model() = default;
  virtual const Signature& signature() const = 0;
  virtual const Description& description() const = 0;

  /// Predicts every row of `frame`, whose columns the signature has already put in order and type
  /// (see EnforceSignature). Errors: kInvalidArgument for input that the model refuses (an unknown
  /// category, NaN where the model takes none), kUnimplemented for a method that this model does
  /// not have.
  virtual base::Result<Predictions> Predict(const Frame& frame, PredictMethod method) const = 0;

  /// Microseconds that one row roughly takes: callers run cheap models on their own thread.
  virtual double estimated_row_microseconds() const = 0;
};

/// Reads a model from a file (.pkl .joblib .skops .ubj .json) or an MLflow model folder. Closed
/// parsers, nothing is executed. Errors: kNotFound without such a file, kUnimplemented (details
/// "step" and "class") when a part cannot be read natively, kInvalidArgument for a damaged or
/// hostile file, kResourceExhausted over a limit.
base::Result<std::unique_ptr<Model>> LoadModel(const std::filesystem::path& path);

/// The parts of a model, also of one that LoadModel refuses: each unsupported part says why.
base::Result<Description> InspectModel(const std::filesystem::path& path);

/// `frame` in the order and types of the signature: extra columns dropped, missing optional ones
/// added as missing cells. Without a declared signature: by the model's feature names when both
/// sides have names, else unchanged. Errors: kInvalidArgument, reason "missing_column" (detail
/// "column", and "extra" with the names that came instead) or "wrong_type" (details "column",
/// "row", "value", "expected"). Values are never repeated in the message beyond the one cell.
base::Result<Frame> EnforceSignature(const Model& model, Frame frame);

}  // namespace yard::inference
