#include "registry/registered_model_store.h"

#include <array>
#include <string>

#include "storage/database.h"

namespace yard::registry {
namespace {

// Every table that carries a model's name.
constexpr std::array<std::string_view, 6> kTables = {
    "registered_model", "registered_model_tag", "registered_model_alias",
    "model_version",    "model_version_tag",    "model_version_file"};

std::optional<std::string> OptionalText(const storage::OwnedRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Text(column);
}

base::Result<void> Done(const base::Result<int64_t>& executed) {
  if (!executed.ok()) return executed.error();
  return {};
}

}  // namespace

base::Error RegisteredModelNotFound(std::string_view name) {
  return base::NotFound("no such registered model", {"name", std::string(name)})
      .WithReason("registered_model_not_found");
}

base::Result<RegisteredModel> RegisteredModelReader::Get(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne(
          "SELECT description, created_ms, updated_ms FROM registered_model WHERE name = ?", name));
  if (!row) return RegisteredModelNotFound(name);
  RegisteredModel model;
  model.name = name;
  model.description = OptionalText(*row, 0);
  model.created = base::Millis(row->Integer(1));
  model.updated = base::Millis(row->Integer(2));
  YARD_ASSIGN_OR_RETURN(model.tags, Tags(name));
  YARD_ASSIGN_OR_RETURN(model.aliases, Aliases(name));
  return model;
}

base::Result<bool> RegisteredModelReader::Exists(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne("SELECT 1 FROM registered_model WHERE name = ?", name));
  return row.has_value();
}

base::Result<bool> RegisteredModelReader::IsPrompt(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne(
          "SELECT 1 FROM registered_model_tag WHERE name = ? AND key = ? AND value = 'true'", name,
          kPromptTag));
  return row.has_value();
}

base::Result<std::vector<Tag>> RegisteredModelReader::Tags(std::string_view name) {
  std::vector<Tag> tags;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT key, value FROM registered_model_tag WHERE name = ? ORDER BY key",
      [&tags](const storage::Row& row) -> base::Result<void> {
        tags.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
        return {};
      },
      name));
  return tags;
}

base::Result<std::vector<ModelAlias>> RegisteredModelReader::Aliases(std::string_view name) {
  std::vector<ModelAlias> aliases;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT alias, version FROM registered_model_alias WHERE name = ? ORDER BY alias",
      [&aliases](const storage::Row& row) -> base::Result<void> {
        aliases.push_back({std::string(row.Text(0)), row.Integer(1)});
        return {};
      },
      name));
  return aliases;
}

base::Result<std::optional<int64_t>> RegisteredModelReader::VersionOfAlias(std::string_view name,
                                                                           std::string_view alias) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT version FROM registered_model_alias WHERE name = ? AND alias = ?",
                         name, alias));
  if (!row) return std::optional<int64_t>();
  return std::optional<int64_t>(row->Integer(0));
}

base::Result<void> RegisteredModelStore::Insert(const NewRegisteredModel& model, base::Millis now) {
  return Done(
      transaction_.Run("INSERT INTO registered_model (name, description, created_ms, updated_ms, "
                       "last_version) VALUES (?, ?, ?, ?, 0)",
                       model.name, model.description, now.value, now.value));
}

base::Result<void> RegisteredModelStore::SetDescription(
    std::string_view name, const std::optional<std::string>& description) {
  return Done(transaction_.Run("UPDATE registered_model SET description = ? WHERE name = ?",
                               description, name));
}

base::Result<void> RegisteredModelStore::Touch(std::string_view name, base::Millis now) {
  return Done(transaction_.Run("UPDATE registered_model SET updated_ms = ? WHERE name = ?",
                               now.value, name));
}

base::Result<void> RegisteredModelStore::Rename(std::string_view name, std::string_view new_name) {
  for (const std::string_view table : kTables) {
    const std::string sql = "UPDATE " + std::string(table) + " SET name = ? WHERE name = ?";
    YARD_RETURN_IF_ERROR(transaction_.Run(sql, new_name, name));
  }
  return {};
}

base::Result<void> RegisteredModelStore::Delete(std::string_view name) {
  for (const std::string_view table : kTables) {
    const std::string sql = "DELETE FROM " + std::string(table) + " WHERE name = ?";
    YARD_RETURN_IF_ERROR(transaction_.Run(sql, name));
  }
  return {};
}

base::Result<int64_t> RegisteredModelStore::TakeVersionNumber(std::string_view name,
                                                              base::Millis now) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      transaction_.QueryOne("UPDATE registered_model SET last_version = last_version + 1, "
                            "updated_ms = ? WHERE name = ? RETURNING last_version",
                            now.value, name));
  if (!row) return RegisteredModelNotFound(name);
  return row->Integer(0);
}

base::Result<void> RegisteredModelStore::PutTag(std::string_view name, const Tag& tag) {
  return Done(
      transaction_.Run("INSERT INTO registered_model_tag (name, key, value) VALUES (?, ?, ?) "
                       "ON CONFLICT (name, key) DO UPDATE SET value = excluded.value",
                       name, tag.key, tag.value));
}

base::Result<void> RegisteredModelStore::DeleteTag(std::string_view name, std::string_view key) {
  return Done(
      transaction_.Run("DELETE FROM registered_model_tag WHERE name = ? AND key = ?", name, key));
}

base::Result<void> RegisteredModelStore::PutAlias(std::string_view name, std::string_view alias,
                                                  int64_t version) {
  return Done(
      transaction_.Run("INSERT INTO registered_model_alias (name, alias, version) VALUES (?, ?, ?) "
                       "ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version",
                       name, alias, version));
}

base::Result<void> RegisteredModelStore::DeleteAlias(std::string_view name,
                                                     std::string_view alias) {
  return Done(transaction_.Run("DELETE FROM registered_model_alias WHERE name = ? AND alias = ?",
                               name, alias));
}

}  // namespace yard::registry
