#include "serving/prediction_store.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/json/described.h"
#include "serving/feature_codec.h"

namespace yard::serving {

namespace {

// Rows lie in the order in which monitoring reads them; the log is always SQLite.
constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE logged_endpoint (
  endpoint_key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE prediction_source (
  source_key INTEGER PRIMARY KEY,
  endpoint_key INTEGER NOT NULL,
  document TEXT NOT NULL UNIQUE
);
CREATE TABLE prediction (
  endpoint_key INTEGER NOT NULL,
  event_ms INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  source_key INTEGER NOT NULL,
  logged_ms INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  entity_key TEXT NOT NULL,
  value REAL,
  label TEXT,
  score REAL,
  features BLOB NOT NULL,
  PRIMARY KEY (endpoint_key, event_ms, sequence)
) WITHOUT ROWID;
CREATE INDEX prediction_request ON prediction (request_id);
CREATE TABLE prediction_log_state (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  next_sequence INTEGER NOT NULL
);
INSERT INTO prediction_log_state VALUES (1, 1);
)sql";

constexpr std::array kMigrations = {
    storage::Migration{1, "create the prediction log", kCreateTables, ""}};

#define YARD_PREDICTION_COLUMNS \
  "source_key, request_id, event_ms, entity_key, value, label, score, features"

/// A PredictionSource as it is stored.
struct SourceDocument {
  std::string endpoint;
  std::string arm;
  std::string model;
  std::string version;
  bool is_classifier = false;
  std::vector<std::string> classes;
  std::vector<std::string> features;
  std::vector<int> kinds;
};
YARD_DESCRIBE(SourceDocument, endpoint, arm, model, version, is_classifier, classes, features,
              kinds)

std::string ToDocument(const PredictionSource& source) {
  SourceDocument document{source.endpoint,      source.arm,     source.model, source.version,
                          source.is_classifier, source.classes, {},           {}};
  for (const auto& feature : source.features) {
    document.features.push_back(feature.name);
    document.kinds.push_back(static_cast<int>(feature.kind));
  }
  return base::json::EncodeText(document);
}

storage::Parameter TextOrNull(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

base::Result<PredictionSource> FromDocument(std::string_view text) {
  YARD_ASSIGN_OR_RETURN(SourceDocument document, base::json::DecodeText<SourceDocument>(text));
  if (document.kinds.size() != document.features.size()) {
    return base::DataLoss("the source of logged predictions cannot be read");
  }
  PredictionSource source{std::move(document.endpoint),
                          std::move(document.arm),
                          std::move(document.model),
                          std::move(document.version),
                          document.is_classifier,
                          std::move(document.classes),
                          {}};
  for (size_t i = 0; i < document.features.size(); ++i) {
    source.features.push_back(
        {std::move(document.features[i]), static_cast<FeatureKind>(document.kinds[i])});
  }
  return source;
}

}  // namespace

storage::SchemaComponent PredictionSchema() { return {"prediction_log", kMigrations}; }

base::Result<int64_t> PredictionWriter::EndpointKey(const std::string& name) {
  YARD_RETURN_IF_ERROR(transaction_.Run(
      "INSERT INTO logged_endpoint (name) VALUES (?) ON CONFLICT (name) DO NOTHING", name));
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      transaction_.QueryOne("SELECT endpoint_key FROM logged_endpoint WHERE name = ?", name));
  if (!row) return base::DataLoss("the prediction log lost a row that it had just written");
  return row->Integer(0);
}

base::Result<PredictionWriter::SourceKeys> PredictionWriter::KeysOf(
    const PredictionSource& source) {
  if (const auto known = keys_.find(&source); known != keys_.end()) return known->second;
  SourceKeys keys;
  YARD_ASSIGN_OR_RETURN(keys.endpoint, EndpointKey(source.endpoint));
  const std::string document = ToDocument(source);
  YARD_RETURN_IF_ERROR(
      transaction_.Run("INSERT INTO prediction_source (endpoint_key, document) VALUES (?, ?) ON "
                       "CONFLICT (document) DO NOTHING",
                       keys.endpoint, document));
  YARD_ASSIGN_OR_RETURN(
      const auto row, transaction_.QueryOne(
                          "SELECT source_key FROM prediction_source WHERE document = ?", document));
  if (!row) return base::DataLoss("the prediction log lost a row that it had just written");
  keys.source = row->Integer(0);
  keys_.emplace(&source, keys);
  return keys;
}

base::Result<void> PredictionWriter::Insert(const LoggedRow& row, int64_t sequence,
                                            base::Millis logged) {
  YARD_ASSIGN_OR_RETURN(const SourceKeys keys, KeysOf(*row.source));
  const storage::Blob features{row.packed_features};  // a NaN value is stored as null
  const storage::Parameter parameters[] = {keys.endpoint,
                                           row.event_time.value,
                                           sequence,
                                           keys.source,
                                           logged.value,
                                           row.request_id,
                                           row.key,
                                           row.value,
                                           TextOrNull(row.text),
                                           row.score,
                                           features};
  YARD_RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO prediction (endpoint_key, event_ms, sequence, source_key, logged_ms, "
      "request_id, "
      "entity_key, value, label, score, features) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      parameters));
  return {};
}

base::Result<int64_t> PredictionWriter::NextSequence() {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        transaction_.QueryOne("SELECT next_sequence FROM prediction_log_state"));
  if (!row) return base::DataLoss("the prediction log lost a row that it had just written");
  return row->Integer(0);
}

base::Result<void> PredictionWriter::SetNextSequence(int64_t next) {
  YARD_RETURN_IF_ERROR(transaction_.Run("UPDATE prediction_log_state SET next_sequence = ?", next));
  return {};
}

base::Result<int64_t> PredictionWriter::RemoveExpired(base::Millis limit, int64_t slice_size) {
  std::vector<int64_t> endpoints;
  YARD_RETURN_IF_ERROR(transaction_.ForEach("SELECT endpoint_key FROM logged_endpoint",
                                            [&](const storage::Row& row) -> base::Result<void> {
                                              endpoints.push_back(row.Integer(0));
                                              return {};
                                            }));
  int64_t removed = 0;
  for (const int64_t endpoint : endpoints) {
    YARD_ASSIGN_OR_RETURN(
        const int64_t count,
        transaction_.Run(
            "DELETE FROM prediction WHERE (endpoint_key, event_ms, sequence) IN (SELECT "
            "endpoint_key, event_ms, sequence FROM prediction WHERE endpoint_key = ? "
            "AND event_ms < ? AND logged_ms < ? LIMIT ?)",
            endpoint, limit.value, limit.value, slice_size));
    removed += count;
  }
  return removed;
}

base::Result<std::optional<int64_t>> PredictionReader::EndpointKey(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT endpoint_key FROM logged_endpoint WHERE name = ?", name));
  if (!row) return std::optional<int64_t>();
  return std::optional(row->Integer(0));
}

base::Result<PredictionReader::SourcePointer> PredictionReader::SourceOf(int64_t source_key) {
  if (const auto known = sources_.find(source_key); known != sources_.end()) return known->second;
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT document FROM prediction_source WHERE source_key = ?",
                         source_key));
  if (!row) return base::DataLoss("a logged prediction has no source");
  YARD_ASSIGN_OR_RETURN(PredictionSource source, FromDocument(row->Text(0)));
  auto pointer = std::make_shared<const PredictionSource>(std::move(source));
  sources_.emplace(source_key, pointer);
  return pointer;
}

base::Result<PredictionRecord> PredictionReader::RecordOf(const storage::Row& row) {
  PredictionRecord record;
  YARD_ASSIGN_OR_RETURN(record.source, SourceOf(row.Integer(0)));
  record.request_id = row.Text(1);
  record.event_time = base::Millis(row.Integer(2));
  record.key = row.Text(3);
  record.value = row.IsNull(4) ? std::numeric_limits<double>::quiet_NaN() : row.Real(4);
  if (!row.IsNull(5)) record.text = row.Text(5);
  if (!row.IsNull(6)) record.score = row.Real(6);
  YARD_ASSIGN_OR_RETURN(record.features,
                        UnpackFeatures(row.Bytes(7), record.source->features.size()));
  return record;
}

base::Result<void> PredictionReader::Scan(std::string_view endpoint, base::Millis from,
                                          base::Millis until, PredictionLog::Visit visit) {
  YARD_ASSIGN_OR_RETURN(const auto endpoint_key, EndpointKey(endpoint));
  if (!endpoint_key) return {};
  return snapshot_.ForEach(
      "SELECT " YARD_PREDICTION_COLUMNS
      " FROM prediction WHERE endpoint_key = ? AND event_ms >= ? AND event_ms < ? "
      "ORDER BY event_ms, sequence",
      [&](const storage::Row& row) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const PredictionRecord record, RecordOf(row));
        return visit(record);
      },
      *endpoint_key, from.value, until.value);
}

base::Result<std::optional<PredictionRecord>> PredictionReader::Find(
    const std::string& request_id) {
  std::optional<PredictionRecord> found;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT " YARD_PREDICTION_COLUMNS
      " FROM prediction WHERE request_id = ? ORDER BY sequence DESC LIMIT 1",
      [&](const storage::Row& row) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(found, RecordOf(row));
        return {};
      },
      request_id));
  return found;
}

base::Result<std::vector<PredictionRecord>> PredictionReader::Newest(std::string_view endpoint,
                                                                     size_t limit) {
  std::vector<PredictionRecord> records;
  YARD_ASSIGN_OR_RETURN(const auto endpoint_key, EndpointKey(endpoint));
  if (!endpoint_key) return records;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT " YARD_PREDICTION_COLUMNS
      " FROM prediction WHERE endpoint_key = ? ORDER BY event_ms DESC, sequence DESC LIMIT ?",
      [&](const storage::Row& row) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(PredictionRecord record, RecordOf(row));
        records.push_back(std::move(record));
        return {};
      },
      *endpoint_key, limit));
  return records;
}

base::Result<std::optional<PredictionLog::Extent>> PredictionReader::ExtentOf(
    std::string_view endpoint) {
  using Found = std::optional<PredictionLog::Extent>;
  YARD_ASSIGN_OR_RETURN(const auto endpoint_key, EndpointKey(endpoint));
  if (!endpoint_key) return Found();
  // Two look-ups at the ends of the table; one query for both would read all of it.
  YARD_ASSIGN_OR_RETURN(
      const auto oldest,
      snapshot_.QueryOne("SELECT MIN(event_ms) FROM prediction WHERE endpoint_key = ?",
                         *endpoint_key));
  YARD_ASSIGN_OR_RETURN(
      const auto newest,
      snapshot_.QueryOne("SELECT MAX(event_ms) FROM prediction WHERE endpoint_key = ?",
                         *endpoint_key));
  if (!oldest || !newest || oldest->IsNull(0)) return Found();
  return Found({base::Millis(oldest->Integer(0)), base::Millis(newest->Integer(0))});
}

}  // namespace yard::serving
