#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/database.h"

namespace yard::storage {

/// One step of a room's schema. Never change one that was released: its checksum is recorded, and a
/// database that has another text is refused. Add the next number instead.
struct Migration {
  int number = 0;         // 1, 2, 3, … without gaps
  std::string_view name;  // "create runs": for people
  std::string_view sqlite;
  std::string_view postgres;  // empty: the text of sqlite serves both
};

/// The schema of one room. Rooms share a database and migrate on their own.
struct SchemaComponent {
  std::string_view name;  // "tracking"
  std::span<const Migration> migrations;
};

/// Brings the database to the newest version of every component given, in one transaction: either
/// all pending migrations are applied and recorded (table schema_migration) or none.
///
/// Errors: kFailedPrecondition with reason "schema_too_new" when the database is newer than this
/// program, "schema_changed" when an applied migration had another text; kInternal when a migration
/// does not run.
base::Result<void> Migrate(Database& database, const base::Clock& clock,
                           std::span<const SchemaComponent> components);

}  // namespace yard::storage
