#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "serving/prediction_log.h"
#include "storage/database.h"
#include "storage/migrations.h"

namespace yard::serving {

/// The tables of the prediction log.
storage::SchemaComponent PredictionSchema();

/// Writes rows inside one transaction. Sources and endpoints are stored when first seen.
class PredictionWriter {
 public:
  explicit PredictionWriter(storage::Transaction& transaction) : transaction_(transaction) {}

  base::Result<void> Insert(const LoggedRow& row, int64_t sequence, base::Millis logged);
  base::Result<int64_t> NextSequence();
  base::Result<void> SetNextSequence(int64_t next);

  /// Removes up to `slice_size` rows of each endpoint whose event time and logging time are before
  /// `limit`; returns how many. Nothing is left when it returns less than `slice_size`.
  base::Result<int64_t> RemoveExpired(base::Millis limit, int64_t slice_size);

 private:
  struct SourceKeys {
    int64_t endpoint = 0;
    int64_t source = 0;
  };
  base::Result<SourceKeys> KeysOf(const PredictionSource& source);
  base::Result<int64_t> EndpointKey(const std::string& name);

  storage::Transaction& transaction_;
  std::unordered_map<const PredictionSource*, SourceKeys> keys_;
};

/// Reads rows from one snapshot.
class PredictionReader {
 public:
  explicit PredictionReader(storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  base::Result<void> Scan(std::string_view endpoint, base::Millis from, base::Millis until,
                          PredictionLog::Visit visit);
  base::Result<std::optional<PredictionRecord>> Find(const std::string& request_id);
  base::Result<std::vector<PredictionRecord>> Newest(std::string_view endpoint, size_t limit);
  base::Result<std::optional<PredictionLog::Extent>> ExtentOf(std::string_view endpoint);

 private:
  using SourcePointer = std::shared_ptr<const PredictionSource>;

  base::Result<std::optional<int64_t>> EndpointKey(std::string_view name);
  base::Result<SourcePointer> SourceOf(int64_t source_key);
  base::Result<PredictionRecord> RecordOf(const storage::Row& row);

  storage::Snapshot& snapshot_;
  std::unordered_map<int64_t, SourcePointer> sources_;
};

}  // namespace yard::serving
