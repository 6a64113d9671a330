#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "registry/model_version.h"

namespace yard::storage {
class Snapshot;
class Transaction;
}  // namespace yard::storage

namespace yard::registry {

/// Reads of model versions: one function per statement, no rules.
class ModelVersionReader {
 public:
  explicit ModelVersionReader(storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// With tags and aliases. Errors: kNotFound, "model_version_not_found".
  base::Result<ModelVersion> Get(std::string_view name, int64_t version);
  base::Result<bool> Exists(std::string_view name, int64_t version);
  /// The highest version in that stage, if there is one.
  base::Result<std::optional<int64_t>> NewestInStage(std::string_view name, Stage stage);
  base::Result<std::optional<int64_t>> Newest(std::string_view name);
  /// The highest version of each stage that has one, by version.
  base::Result<std::vector<ModelVersion>> NewestOfEachStage(std::string_view name);
  base::Result<std::vector<PinnedFile>> Files(std::string_view name, int64_t version);

 private:
  base::Result<void> FillTagsAndAliases(ModelVersion& version);

  storage::Snapshot& snapshot_;
};

/// Writes of model versions, inside the caller's transaction.
class ModelVersionStore {
 public:
  explicit ModelVersionStore(storage::Transaction& transaction) : transaction_(transaction) {}

  /// The row and its tags; not the aliases.
  base::Result<void> Insert(const ModelVersion& version);
  base::Result<void> InsertFiles(std::string_view name, int64_t version,
                                 const std::vector<PinnedFile>& files);
  base::Result<void> SetDescription(std::string_view name, int64_t version,
                                    std::string_view description, base::Millis now);
  base::Result<void> SetStage(std::string_view name, int64_t version, Stage stage,
                              base::Millis now);
  /// Every other version in `stage` moves to Archived.
  base::Result<void> ArchiveOthers(std::string_view name, int64_t version, Stage stage,
                                   base::Millis now);
  base::Result<void> TouchAll(std::string_view name, base::Millis now);
  /// The row, its tags, files and the aliases that point at it.
  base::Result<void> Delete(std::string_view name, int64_t version);
  base::Result<void> PutTag(std::string_view name, int64_t version, const Tag& tag);
  base::Result<void> DeleteTag(std::string_view name, int64_t version, std::string_view key);

 private:
  storage::Transaction& transaction_;
};

/// kNotFound with reason "model_version_not_found" and the details "name" and "version".
base::Error ModelVersionNotFound(std::string_view name, int64_t version);

}  // namespace yard::registry
