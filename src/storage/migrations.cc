#include "storage/migrations.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace yard::storage {
namespace {

constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migration (component TEXT NOT NULL, number BIGINT NOT NULL, "
    "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL, "
    "PRIMARY KEY (component, number))";

struct AppliedMigration {
  int64_t number = 0;
  std::string name;
  std::string checksum;
};

std::string_view TextFor(const Migration& migration, Dialect dialect) {
  const bool has_own = dialect == Dialect::kPostgres && !migration.postgres.empty();
  return has_own ? migration.postgres : migration.sqlite;
}

base::Result<void> CheckNumbers(const SchemaComponent& component) {
  int expected = 0;
  for (const Migration& migration : component.migrations) {
    if (migration.number != ++expected) {
      return base::Internal("migrations must be numbered 1, 2, 3, … in order",
                            {"component", std::string(component.name)},
                            {"number", std::to_string(migration.number)});
    }
  }
  return {};
}

base::Result<std::vector<AppliedMigration>> AppliedTo(Transaction& transaction,
                                                      std::string_view component) {
  std::vector<AppliedMigration> applied;
  YARD_RETURN_IF_ERROR(transaction.ForEach(
      "SELECT number, name, checksum FROM schema_migration WHERE component = ? ORDER BY number",
      [&applied](const Row& row) -> base::Result<void> {
        applied.push_back({row.Integer(0), std::string(row.Text(1)), std::string(row.Text(2))});
        return {};
      },
      component));
  return applied;
}

base::Result<void> CheckNotNewer(const SchemaComponent& component,
                                 const std::vector<AppliedMigration>& applied) {
  const auto known = static_cast<int64_t>(component.migrations.size());
  const int64_t found = applied.empty() ? 0 : applied.back().number;
  if (found <= known) return {};
  const std::string name(component.name);
  return base::FailedPrecondition("the database was written by a newer program: its schema of " +
                                      name + " has version " + std::to_string(found) +
                                      ", this program knows version " + std::to_string(known) +
                                      "; run the newer program or restore an older backup",
                                  {"component", name})
      .With({"database_version", std::to_string(found)})
      .With({"program_version", std::to_string(known)})
      .WithReason("schema_too_new");
}

base::Result<void> CheckUnchanged(const SchemaComponent& component, const Migration& migration,
                                  const AppliedMigration& applied, const std::string& checksum) {
  if (applied.number == migration.number && applied.checksum == checksum) return {};
  return base::FailedPrecondition(
             "a migration that was applied to this database differs from the one in this program; "
             "run the program that created the database or restore a backup",
             {"component", std::string(component.name)},
             {"migration", std::to_string(migration.number) + " " + applied.name})
      .WithReason("schema_changed");
}

base::Result<void> Apply(Transaction& transaction, const base::Clock& clock,
                         const SchemaComponent& component, const Migration& migration,
                         std::string_view text, const std::string& checksum) {
  if (auto outcome = transaction.RunScript(text); !outcome.ok()) {
    return std::move(outcome)
        .error()
        .With({"component", std::string(component.name)})
        .With({"migration", std::to_string(migration.number)});
  }
  YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO schema_migration VALUES (?, ?, ?, ?, ?)",
                                       component.name, migration.number, migration.name, checksum,
                                       clock.Now().value));
  return {};
}

base::Result<void> MigrateComponent(Transaction& transaction, Dialect dialect,
                                    const base::Clock& clock, const SchemaComponent& component) {
  YARD_RETURN_IF_ERROR(CheckNumbers(component));
  YARD_ASSIGN_OR_RETURN(const auto applied, AppliedTo(transaction, component.name));
  YARD_RETURN_IF_ERROR(CheckNotNewer(component, applied));
  for (size_t i = 0; i < component.migrations.size(); ++i) {
    const Migration& migration = component.migrations[i];
    const std::string_view text = TextFor(migration, dialect);
    const std::string checksum = base::Sha256Hex(text);
    if (i < applied.size()) {
      YARD_RETURN_IF_ERROR(CheckUnchanged(component, migration, applied[i], checksum));
      continue;
    }
    YARD_RETURN_IF_ERROR(Apply(transaction, clock, component, migration, text, checksum));
  }
  return {};
}

}  // namespace

base::Result<void> Migrate(Database& database, const base::Clock& clock,
                           std::span<const SchemaComponent> components) {
  return database.Write([&](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(transaction.RunScript(kCreateTable));
    for (const SchemaComponent& component : components) {
      YARD_RETURN_IF_ERROR(MigrateComponent(transaction, database.dialect(), clock, component));
    }
    return {};
  });
}

}  // namespace yard::storage
