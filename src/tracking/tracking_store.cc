#include "tracking/tracking_store.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "storage/migrations.h"
#include "storage/sqlite_database.h"
#include "tracking/experiment_store.h"
#include "tracking/metrics/segment.h"
#include "tracking/run_change.h"
#include "tracking/schema.h"
#include "tracking/search/search_file.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

base::Result<void> CreateDefaultExperiment(Parts& parts) {
  const base::Millis now = parts.clock.Now();
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const auto known,
                          transaction.QueryOne("SELECT id FROM experiment WHERE id = 0"));
    if (known) return {};
    Experiment experiment;
    experiment.name = "Default";
    experiment.artifact_location = ExperimentLocation(parts.options.artifact_root, 0);
    experiment.created = experiment.updated = now;
    return ExperimentWriter(transaction).Insert(experiment);
  });
}

base::Result<int64_t> MaxId(storage::Snapshot& snapshot, std::string_view sql) {
  YARD_ASSIGN_OR_RETURN(const auto row, snapshot.QueryOne(sql));
  return row ? row->Integer(0) : int64_t{0};
}

// Fills the tail with the points that are not merged, and the counters of the log.
base::Result<void> ReadLog(Parts& parts) {
  return parts.database.Read([&parts](storage::Snapshot& snapshot) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const int64_t last_segment,
                          MaxId(snapshot, "SELECT COALESCE(MAX(id), 0) FROM metric_segment"));
    YARD_ASSIGN_OR_RETURN(const int64_t last_change,
                          MaxId(snapshot, "SELECT COALESCE(MAX(id), 0) FROM run_change"));
    parts.log.Resume(last_segment, last_change);
    return snapshot.ForEach("SELECT id, data FROM metric_segment ORDER BY id",
                            [&parts](const storage::Row& row) -> base::Result<void> {
                              YARD_ASSIGN_OR_RETURN(const auto points, DecodeSegment(row.Bytes(1)));
                              parts.tail.Append(row.Integer(0), points);
                              return {};
                            });
  });
}

base::Result<void> OpenSearch(Parts& parts) {
  if (!parts.options.search_path.empty()) {
    YARD_ASSIGN_OR_RETURN(parts.search, OpenSearchFile(parts.options.search_path, parts.clock));
  }
  parts.keeper = std::make_unique<ColumnKeeper>(
      ColumnKeeper::Sources{parts.database, parts.search.get(), parts.names, parts.tail,
                            parts.dirty, parts.log, parts.events});
  return parts.keeper->Resume();
}

void StartBackground(Parts& parts) {
  parts.merger = std::make_unique<Merger>(parts.database, parts.tail);
  parts.keeper->Start();
  if (parts.tail.point_count() > 0) parts.merger->Notify();
  if (parts.dirty.fresh_count() > 0 || !parts.keeper->is_built()) parts.keeper->Notify();
}

}  // namespace

std::string ExperimentLocation(std::string_view root, ExperimentId id) {
  std::string location(root);
  if (!location.ends_with('/')) location += '/';
  return location + std::to_string(id);
}

base::Result<std::unique_ptr<TrackingStore>> TrackingStore::Open(storage::Database& database,
                                                                 const base::Clock& clock,
                                                                 const base::EventBus& events,
                                                                 TrackingOptions options) {
  auto parts = std::make_unique<Parts>(database, clock, events, std::move(options));
  // From here on the database's writer calls the log, so an opening that fails has to stop it.
  database.AddParticipant(parts->log);
  std::unique_ptr<TrackingStore> store(new TrackingStore(std::move(parts)));
  Parts& opened = *store->parts_;
  const storage::SchemaComponent schema[] = {TrackingSchema()};
  YARD_RETURN_IF_ERROR(storage::Migrate(database, clock, schema));
  YARD_RETURN_IF_ERROR(CreateDefaultExperiment(opened));
  YARD_RETURN_IF_ERROR(ReadLog(opened));
  YARD_RETURN_IF_ERROR(OpenSearch(opened));
  StartBackground(opened);
  opened.log.OnCommit([&opened] {
    if (opened.tail.point_count() > 0) opened.merger->Notify();
    opened.keeper->Notify();
  });
  return store;
}

TrackingStore::TrackingStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TrackingStore::~TrackingStore() {
  if (parts_->keeper) parts_->keeper->Stop();
  if (parts_->merger) parts_->merger->Stop();
  parts_->database.StopWriter();
  if (parts_->search) CloseSearchFile(*parts_->search);
}

}  // namespace yard::tracking
