#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "registry/registered_model.h"

namespace yard::storage {
class Snapshot;
class Transaction;
}  // namespace yard::storage

namespace yard::registry {

/// Reads of registered models: one function per statement, no rules.
class RegisteredModelReader {
 public:
  explicit RegisteredModelReader(storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// With tags and aliases, without latest versions. Errors: kNotFound,
  /// "registered_model_not_found".
  base::Result<RegisteredModel> Get(std::string_view name);
  base::Result<bool> Exists(std::string_view name);
  base::Result<bool> IsPrompt(std::string_view name);
  base::Result<std::vector<Tag>> Tags(std::string_view name);
  base::Result<std::vector<ModelAlias>> Aliases(std::string_view name);
  base::Result<std::optional<int64_t>> VersionOfAlias(std::string_view name,
                                                      std::string_view alias);

 private:
  storage::Snapshot& snapshot_;
};

/// Writes of registered models, inside the caller's transaction.
class RegisteredModelStore {
 public:
  explicit RegisteredModelStore(storage::Transaction& transaction) : transaction_(transaction) {}

  base::Result<void> Insert(const NewRegisteredModel& model, base::Millis now);
  base::Result<void> SetDescription(std::string_view name,
                                    const std::optional<std::string>& description);
  base::Result<void> Touch(std::string_view name, base::Millis now);
  /// Moves the model and everything that hangs on it.
  base::Result<void> Rename(std::string_view name, std::string_view new_name);
  base::Result<void> Delete(std::string_view name);
  /// The number for the next version. Errors: kNotFound, "registered_model_not_found".
  base::Result<int64_t> TakeVersionNumber(std::string_view name, base::Millis now);
  base::Result<void> PutTag(std::string_view name, const Tag& tag);
  base::Result<void> DeleteTag(std::string_view name, std::string_view key);
  base::Result<void> PutAlias(std::string_view name, std::string_view alias, int64_t version);
  base::Result<void> DeleteAlias(std::string_view name, std::string_view alias);

 private:
  storage::Transaction& transaction_;
};

/// kNotFound with reason "registered_model_not_found" and the detail "name".
base::Error RegisteredModelNotFound(std::string_view name);

}  // namespace yard::registry
