#include "registry/model_version_store.h"

#include <algorithm>
#include <array>
#include <string>

#include "storage/database.h"

namespace yard::registry {
namespace {

constexpr std::array<Stage, 4> kStages = {Stage::kNone, Stage::kStaging, Stage::kProduction,
                                          Stage::kArchived};

base::Result<void> Done(const base::Result<int64_t>& executed) {
  if (!executed.ok()) return executed.error();
  return {};
}

}  // namespace

base::Error ModelVersionNotFound(std::string_view name, int64_t version) {
  return base::NotFound("no such model version", {"name", std::string(name)},
                        {"version", std::to_string(version)})
      .WithReason("model_version_not_found");
}

base::Result<ModelVersion> ModelVersionReader::Get(std::string_view name, int64_t version) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT stage, description, source, storage_location, run_id, model_id, "
                         "run_link, created_ms, updated_ms FROM model_version "
                         "WHERE name = ? AND version = ?",
                         name, version));
  if (!row) return ModelVersionNotFound(name, version);
  ModelVersion found;
  found.name = name;
  found.version = version;
  found.stage = static_cast<Stage>(row->Integer(0));
  found.description = row->Text(1);
  found.source = row->Text(2);
  found.storage_location = row->Text(3);
  found.run_id = row->Text(4);
  found.model_id = row->Text(5);
  found.run_link = row->Text(6);
  found.created = base::Millis(row->Integer(7));
  found.updated = base::Millis(row->Integer(8));
  YARD_RETURN_IF_ERROR(FillTagsAndAliases(found));
  return found;
}

base::Result<void> ModelVersionReader::FillTagsAndAliases(ModelVersion& version) {
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT key, value FROM model_version_tag WHERE name = ? AND version = ? ORDER BY key",
      [&version](const storage::Row& row) -> base::Result<void> {
        version.tags.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
        return {};
      },
      version.name, version.version));
  return snapshot_.ForEach(
      "SELECT alias FROM registered_model_alias WHERE name = ? AND version = ? ORDER BY alias",
      [&version](const storage::Row& row) -> base::Result<void> {
        version.aliases.emplace_back(row.Text(0));
        return {};
      },
      version.name, version.version);
}

base::Result<bool> ModelVersionReader::Exists(std::string_view name, int64_t version) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT 1 FROM model_version WHERE name = ? AND version = ?", name,
                         version));
  return row.has_value();
}

base::Result<std::optional<int64_t>> ModelVersionReader::NewestInStage(std::string_view name,
                                                                       Stage stage) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT MAX(version) FROM model_version WHERE name = ? AND stage = ?",
                         name, static_cast<int>(stage)));
  if (!row || row->IsNull(0)) return std::optional<int64_t>();
  return std::optional<int64_t>(row->Integer(0));
}

base::Result<std::optional<int64_t>> ModelVersionReader::Newest(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT MAX(version) FROM model_version WHERE name = ?", name));
  if (!row || row->IsNull(0)) return std::optional<int64_t>();
  return std::optional<int64_t>(row->Integer(0));
}

base::Result<std::vector<ModelVersion>> ModelVersionReader::NewestOfEachStage(
    std::string_view name) {
  std::vector<ModelVersion> newest;
  for (const Stage stage : kStages) {
    YARD_ASSIGN_OR_RETURN(const auto version, NewestInStage(name, stage));
    if (!version) continue;
    YARD_ASSIGN_OR_RETURN(auto found, Get(name, *version));
    newest.push_back(std::move(found));
  }
  std::sort(newest.begin(), newest.end(),
            [](const ModelVersion& a, const ModelVersion& b) { return a.version < b.version; });
  return newest;
}

base::Result<std::vector<PinnedFile>> ModelVersionReader::Files(std::string_view name,
                                                                int64_t version) {
  std::vector<PinnedFile> files;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT path, size_bytes, sha256 FROM model_version_file WHERE name = ? AND version = ? "
      "ORDER BY path",
      [&files](const storage::Row& row) -> base::Result<void> {
        files.push_back({std::string(row.Text(0)), static_cast<uint64_t>(row.Integer(1)),
                         std::string(row.Text(2))});
        return {};
      },
      name, version));
  return files;
}

base::Result<void> ModelVersionStore::Insert(const ModelVersion& version) {
  YARD_RETURN_IF_ERROR(transaction_.Run(
      "INSERT INTO model_version (name, version, stage, description, source, storage_location, "
      "run_id, model_id, run_link, created_ms, updated_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      version.name, version.version, static_cast<int>(version.stage), version.description,
      version.source, version.storage_location, version.run_id, version.model_id, version.run_link,
      version.created.value, version.updated.value));
  for (const Tag& tag : version.tags)
    YARD_RETURN_IF_ERROR(PutTag(version.name, version.version, tag));
  return {};
}

base::Result<void> ModelVersionStore::InsertFiles(std::string_view name, int64_t version,
                                                  const std::vector<PinnedFile>& files) {
  for (const PinnedFile& file : files) {
    YARD_RETURN_IF_ERROR(transaction_.Run(
        "INSERT INTO model_version_file (name, version, path, size_bytes, sha256) "
        "VALUES (?, ?, ?, ?, ?)",
        name, version, file.path, static_cast<int64_t>(file.size_bytes), file.sha256));
  }
  return {};
}

base::Result<void> ModelVersionStore::SetDescription(std::string_view name, int64_t version,
                                                     std::string_view description,
                                                     base::Millis now) {
  return Done(
      transaction_.Run("UPDATE model_version SET description = ?, updated_ms = ? "
                       "WHERE name = ? AND version = ?",
                       description, now.value, name, version));
}

base::Result<void> ModelVersionStore::SetStage(std::string_view name, int64_t version, Stage stage,
                                               base::Millis now) {
  return Done(transaction_.Run(
      "UPDATE model_version SET stage = ?, updated_ms = ? WHERE name = ? AND version = ?",
      static_cast<int>(stage), now.value, name, version));
}

base::Result<void> ModelVersionStore::ArchiveOthers(std::string_view name, int64_t version,
                                                    Stage stage, base::Millis now) {
  return Done(transaction_.Run(
      "UPDATE model_version SET stage = ?, updated_ms = ? "
      "WHERE name = ? AND stage = ? AND version <> ?",
      static_cast<int>(Stage::kArchived), now.value, name, static_cast<int>(stage), version));
}

base::Result<void> ModelVersionStore::TouchAll(std::string_view name, base::Millis now) {
  return Done(
      transaction_.Run("UPDATE model_version SET updated_ms = ? WHERE name = ?", now.value, name));
}

base::Result<void> ModelVersionStore::Delete(std::string_view name, int64_t version) {
  constexpr std::array<std::string_view, 4> kStatements = {
      "DELETE FROM registered_model_alias WHERE name = ? AND version = ?",
      "DELETE FROM model_version_tag WHERE name = ? AND version = ?",
      "DELETE FROM model_version_file WHERE name = ? AND version = ?",
      "DELETE FROM model_version WHERE name = ? AND version = ?"};
  for (const std::string_view sql : kStatements)
    YARD_RETURN_IF_ERROR(transaction_.Run(sql, name, version));
  return {};
}

base::Result<void> ModelVersionStore::PutTag(std::string_view name, int64_t version,
                                             const Tag& tag) {
  return Done(
      transaction_.Run("INSERT INTO model_version_tag (name, version, key, value) "
                       "VALUES (?, ?, ?, ?) "
                       "ON CONFLICT (name, version, key) DO UPDATE SET value = excluded.value",
                       name, version, tag.key, tag.value));
}

base::Result<void> ModelVersionStore::DeleteTag(std::string_view name, int64_t version,
                                                std::string_view key) {
  return Done(
      transaction_.Run("DELETE FROM model_version_tag WHERE name = ? AND version = ? AND key = ?",
                       name, version, key));
}

}  // namespace yard::registry
