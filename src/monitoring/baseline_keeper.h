#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "columnar/table.h"
#include "monitoring/baseline.h"

namespace yard::base {
class Clock;
class EventBus;
}  // namespace yard::base
namespace yard::storage {
class Database;
}

namespace yard::monitoring {

class ModelPredictor;
class TrainingData;

/// Makes, stores and finds baselines; the ones used last are kept in memory. Thread-safe; blocks.
class BaselineKeeper {
 public:
  BaselineKeeper(storage::Database& database, TrainingData& training_data,
                 ModelPredictor& predictor, const base::Clock& clock, const base::EventBus& events);

  /// Null when the version has none.
  base::Result<std::shared_ptr<const Baseline>> Find(std::string_view model,
                                                     std::string_view version);
  /// Makes the baseline from `table` and, where the model runs on it, its predictions.
  base::Result<void> Make(std::string_view model, std::string_view version,
                          const columnar::Table& table, std::string source);
  /// The same from the version's training data, unless it has a baseline already. False when there
  /// is no training data; that is not tried again for five minutes.
  base::Result<bool> MakeFromTrainingData(std::string_view model, std::string_view version);

 private:
  using Key = std::pair<std::string, std::string>;

  storage::Database& database_;
  TrainingData& training_data_;
  ModelPredictor& predictor_;
  const base::Clock& clock_;
  const base::EventBus& events_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const Baseline>> recent_;
  std::map<Key, base::Millis> tried_;
};

}  // namespace yard::monitoring
