#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/model.h"

namespace yard::inference::formats {

/// What the MLmodel file of an MLflow model folder says.
struct Mlmodel {
  std::string flavor;      // "sklearn", "xgboost", …: the native flavour; "python_function"
                           // when there is no other
  std::string model_path;  // relative to the folder
  std::string
      serialization_format;  // "skops", "cloudpickle", "pickle", "ubj", "json"; may be empty
  std::string model_class;   // of xgboost: "xgboost.sklearn.XGBClassifier"
  std::string predict_fn = "predict";  // what pyfunc's predict calls
  std::string loader_module;           // "mlflow.sklearn"
  std::string library_version;         // of the flavour's library
  std::string mlflow_version;
  std::string python_version;
  std::string run_id;
  std::string model_id;
  Signature signature;  // not declared when the file has none, or one of tensors
  std::string
      input_example_path;  // serving_input_example.json or what the file names; may be empty
};

struct ModelFolder {
  Mlmodel mlmodel;
  std::filesystem::path model_file;               // inside the folder, links resolved
  std::optional<std::string> input_example_json;  // a ready scoring body, when the folder has one
};

/// Reads the text of an MLmodel file: YAML of at most 1 MiB and 64 levels, without aliases. Errors:
/// kInvalidArgument (reason "malformed_mlmodel"), kUnimplemented (detail "flavor") when no flavour
/// names a model file.
base::Result<Mlmodel> ParseMlmodel(std::string_view yaml);

/// Reads `folder`/MLmodel and finds the model file, which must lie inside the folder once links are
/// resolved. Errors: those of ParseMlmodel, kNotFound without a file, kPermissionDenied (reason
/// "outside_folder") for a path that leads out.
base::Result<ModelFolder> ReadModelFolder(const std::filesystem::path& folder);

}  // namespace yard::inference::formats
