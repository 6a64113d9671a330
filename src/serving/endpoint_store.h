#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "serving/endpoint_config.h"
#include "serving/endpoint_status.h"
#include "serving/model_source.h"
#include "storage/database.h"
#include "storage/migrations.h"

namespace yard::serving {

/// The tables of this room in modelyard.db.
storage::SchemaComponent ServingSchema();

struct PreviousVersion {
  ModelKey key;
  base::Millis replaced;
};

struct ArmRow {
  ArmConfig config;
  std::optional<ModelKey> served;         // what it served last
  std::vector<PreviousVersion> previous;  // newest first
};

struct EndpointRow {
  std::string name;
  std::string salt;
  std::chrono::minutes bake_time{60};
  base::Millis created;
  base::Millis updated;
  std::vector<ArmRow> arms;
};

/// The SQL of endpoints, one function a statement or two.
class EndpointStore {
 public:
  explicit EndpointStore(storage::Transaction& transaction) : transaction_(transaction) {}

  /// Errors: kAlreadyExists, reason "endpoint_exists".
  base::Result<void> Insert(const EndpointRow& row);
  /// Replaces what can change, and all arms.
  base::Result<void> Update(const EndpointRow& row);
  base::Result<void> Delete(const std::string& name);
  /// Saves what an arm serves. Nothing happens when the arm is gone.
  base::Result<void> SaveArm(const std::string& endpoint, const ArmRow& arm);
  base::Result<void> AppendEvent(const std::string& endpoint, const EndpointEvent& event);

  static base::Result<std::vector<EndpointRow>> All(storage::Snapshot& snapshot);
  /// Newest first.
  static base::Result<std::vector<EndpointEvent>> History(storage::Snapshot& snapshot,
                                                          std::string_view endpoint, size_t limit);

 private:
  base::Result<void> InsertArms(const EndpointRow& row);

  storage::Transaction& transaction_;
};

}  // namespace yard::serving
