#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "columnar/table.h"

namespace yard::registry {
class RegistryService;
}
namespace yard::storage {
class ArtifactStore;
}
namespace yard::tracking {
class RunService;
}

namespace yard::monitoring {

/// Where the data that a model version was trained on is found. Thread-safe; blocks.
class TrainingData {
 public:
  struct Found {
    columnar::Table table;
    std::string source;  // the artifact path
  };
  virtual ~TrainingData() = default;
  /// Errors: kNotFound, reason "no_training_data", when the version names none that this server
  /// holds; else those of columnar::ReadTableBytes.
  virtual base::Result<Found> Load(std::string_view model, std::string_view version) = 0;
};

/// The dataset inputs of the version's run whose tag mlflow.data.context is "training" (in any
/// case), or else all of its inputs; the first whose source names a CSV or Parquet file among the
/// server's artifacts. Files outside the artifact store are never opened. At most 1 GiB.
std::unique_ptr<TrainingData> RunTrainingData(registry::RegistryService& registry,
                                              tracking::RunService& runs,
                                              storage::ArtifactStore& artifacts);

/// What a dataset's source may mean. MLflow's client writes it as JSON: {"uri": "/data/x.parquet"}
/// for files (it takes no mlflow-artifacts: or runs: URI), {"url": "http://..."} for the web.
struct ArtifactGuess {
  /// In the artifact store: of an mlflow-artifacts: or runs: URI, or of the server's artifact URL.
  std::optional<std::string> path;
  /// Of a local path: the client may have logged that file as an artifact of the run. Or empty.
  std::string file_name;
};
ArtifactGuess GuessArtifact(std::string_view source_json, std::string_view run_id,
                            std::string_view run_folder);

}  // namespace yard::monitoring
