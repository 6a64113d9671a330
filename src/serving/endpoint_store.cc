#include "serving/endpoint_store.h"

#include <array>
#include <utility>

#include "base/json/described.h"

namespace yard::serving {

namespace {

constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE endpoint (
  name TEXT PRIMARY KEY,
  salt TEXT NOT NULL,
  bake_minutes INTEGER NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL
);
CREATE TABLE endpoint_arm (
  endpoint TEXT NOT NULL REFERENCES endpoint (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  model TEXT NOT NULL,
  weight DOUBLE PRECISION NOT NULL,
  served_name TEXT,
  served_version TEXT,
  previous TEXT NOT NULL,
  PRIMARY KEY (endpoint, name)
);
CREATE TABLE endpoint_event (
  endpoint TEXT NOT NULL,
  number INTEGER NOT NULL,
  time_ms BIGINT NOT NULL,
  action TEXT NOT NULL,
  arm TEXT NOT NULL,
  from_version TEXT NOT NULL,
  to_version TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (endpoint, number)
);
)sql";

constexpr std::array kMigrations = {storage::Migration{1, "create endpoints", kCreateTables, ""}};

/// The column `previous` of an arm: JSON, because it is read and written whole.
struct PreviousDocument {
  std::string name;
  std::string version;
  int64_t replaced_ms = 0;
};
YARD_DESCRIBE(PreviousDocument, name, version, replaced_ms)
struct PreviousList {
  std::vector<PreviousDocument> versions;
};
YARD_DESCRIBE(PreviousList, versions)

std::string PreviousText(const ArmRow& arm) {
  PreviousList list;
  for (const auto& previous : arm.previous) {
    list.versions.push_back({previous.key.name, previous.key.version, previous.replaced.value});
  }
  return base::json::EncodeText(list);
}

base::Result<std::vector<PreviousVersion>> ReadPrevious(std::string_view text) {
  YARD_ASSIGN_OR_RETURN(PreviousList list, base::json::DecodeText<PreviousList>(text));
  std::vector<PreviousVersion> versions;
  for (auto& item : list.versions) {
    versions.push_back(
        {{std::move(item.name), std::move(item.version)}, base::Millis(item.replaced_ms)});
  }
  return versions;
}

EndpointAction ActionOf(std::string_view name) {
  for (const auto action :
       {EndpointAction::kCreated, EndpointAction::kDeleted, EndpointAction::kArmSwitched,
        EndpointAction::kRolledBack, EndpointAction::kWeightsChanged}) {
    if (EndpointActionName(action) == name) return action;
  }
  return EndpointAction::kLoadFailed;
}

base::Result<ArmRow> ArmOf(const storage::Row& row) {
  ArmRow arm;
  arm.config = {std::string(row.Text(1)), std::string(row.Text(2)), row.Real(3)};
  if (!row.IsNull(5)) arm.served = ModelKey{std::string(row.Text(4)), std::string(row.Text(5))};
  YARD_ASSIGN_OR_RETURN(arm.previous, ReadPrevious(row.Text(6)));
  return arm;
}

std::optional<std::string_view> ServedName(const ArmRow& arm) {
  if (!arm.served) return std::nullopt;
  return arm.served->name;
}

std::optional<std::string_view> ServedVersion(const ArmRow& arm) {
  if (!arm.served) return std::nullopt;
  return arm.served->version;
}

}  // namespace

storage::SchemaComponent ServingSchema() { return {"serving", kMigrations}; }

base::Result<void> EndpointStore::Insert(const EndpointRow& row) {
  const auto inserted = transaction_.Run(
      "INSERT INTO endpoint (name, salt, bake_minutes, created_ms, updated_ms) VALUES (?, ?, ?, ?, "
      "?) "
      "ON CONFLICT (name) DO NOTHING",
      row.name, row.salt, row.bake_time.count(), row.created.value, row.updated.value);
  if (!inserted.ok()) return inserted.error();
  if (*inserted == 0) {
    return base::AlreadyExists("an endpoint of that name exists", {"endpoint", row.name})
        .WithReason("endpoint_exists");
  }
  return InsertArms(row);
}

base::Result<void> EndpointStore::Update(const EndpointRow& row) {
  YARD_RETURN_IF_ERROR(
      transaction_.Run("UPDATE endpoint SET bake_minutes = ?, updated_ms = ? WHERE name = ?",
                       row.bake_time.count(), row.updated.value, row.name));
  YARD_RETURN_IF_ERROR(transaction_.Run("DELETE FROM endpoint_arm WHERE endpoint = ?", row.name));
  return InsertArms(row);
}

base::Result<void> EndpointStore::InsertArms(const EndpointRow& row) {
  int position = 0;
  for (const auto& arm : row.arms) {
    YARD_RETURN_IF_ERROR(transaction_.Run(
        "INSERT INTO endpoint_arm (endpoint, name, position, model, weight, served_name, "
        "served_version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row.name, arm.config.name, position++, arm.config.model, arm.config.weight, ServedName(arm),
        ServedVersion(arm), PreviousText(arm)));
  }
  return {};
}

base::Result<void> EndpointStore::Delete(const std::string& name) {
  YARD_RETURN_IF_ERROR(transaction_.Run("DELETE FROM endpoint_arm WHERE endpoint = ?", name));
  YARD_RETURN_IF_ERROR(transaction_.Run("DELETE FROM endpoint WHERE name = ?", name));
  return {};
}

base::Result<void> EndpointStore::SaveArm(const std::string& endpoint, const ArmRow& arm) {
  YARD_RETURN_IF_ERROR(transaction_.Run(
      "UPDATE endpoint_arm SET model = ?, served_name = ?, served_version = ?, previous = ? WHERE "
      "endpoint = ? AND name = ?",
      arm.config.model, ServedName(arm), ServedVersion(arm), PreviousText(arm), endpoint,
      arm.config.name));
  return {};
}

base::Result<void> EndpointStore::AppendEvent(const std::string& endpoint,
                                              const EndpointEvent& event) {
  YARD_RETURN_IF_ERROR(
      transaction_.Run("INSERT INTO endpoint_event (endpoint, number, time_ms, action, arm, "
                       "from_version, to_version, "
                       "reason) VALUES (?, (SELECT COALESCE(MAX(number), 0) + 1 FROM "
                       "endpoint_event WHERE endpoint = "
                       "?), ?, ?, ?, ?, ?, ?)",
                       endpoint, endpoint, event.time.value, EndpointActionName(event.action),
                       event.arm, event.from, event.to, event.reason));
  return {};
}

base::Result<std::vector<EndpointRow>> EndpointStore::All(storage::Snapshot& snapshot) {
  std::vector<EndpointRow> rows;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT name, salt, bake_minutes, created_ms, updated_ms FROM endpoint ORDER BY name",
      [&](const storage::Row& row) -> base::Result<void> {
        rows.push_back({std::string(row.Text(0)),
                        std::string(row.Text(1)),
                        std::chrono::minutes(row.Integer(2)),
                        base::Millis(row.Integer(3)),
                        base::Millis(row.Integer(4)),
                        {}});
        return {};
      }));
  size_t next = 0;  // both queries come in the order of the endpoints' names
  YARD_RETURN_IF_ERROR(
      snapshot.ForEach("SELECT endpoint, name, model, weight, served_name, served_version, "
                       "previous FROM endpoint_arm "
                       "ORDER BY endpoint, position",
                       [&](const storage::Row& row) -> base::Result<void> {
                         while (next < rows.size() && rows[next].name != row.Text(0)) ++next;
                         if (next == rows.size()) return base::DataLoss("an arm has no endpoint");
                         YARD_ASSIGN_OR_RETURN(ArmRow arm, ArmOf(row));
                         rows[next].arms.push_back(std::move(arm));
                         return {};
                       }));
  return rows;
}

base::Result<std::vector<EndpointEvent>> EndpointStore::History(storage::Snapshot& snapshot,
                                                                std::string_view endpoint,
                                                                size_t limit) {
  std::vector<EndpointEvent> events;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT time_ms, action, arm, from_version, to_version, reason FROM endpoint_event WHERE "
      "endpoint = ? ORDER BY number DESC LIMIT ?",
      [&](const storage::Row& row) -> base::Result<void> {
        events.push_back({base::Millis(row.Integer(0)), ActionOf(row.Text(1)),
                          std::string(row.Text(2)), std::string(row.Text(3)),
                          std::string(row.Text(4)), std::string(row.Text(5))});
        return {};
      },
      endpoint, limit));
  return events;
}

}  // namespace yard::serving
