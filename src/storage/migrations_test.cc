#include "storage/migrations.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

const Migration kRuns[] = {
    {1, "create runs", "CREATE TABLE run (id INTEGER PRIMARY KEY); INSERT INTO run VALUES (1);",
     ""},
    {2, "add names", "ALTER TABLE run ADD COLUMN name TEXT", ""},
};
const Migration kModels[] = {{1, "create models", "CREATE TABLE model (id INTEGER)", ""}};

class MigrationsTest : public testing::Test {
 protected:
  base::Result<void> Apply(std::string_view name, std::span<const Migration> migrations) {
    const SchemaComponent components[] = {{name, migrations}};
    return Migrate(*database_, clock_, components);
  }

  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    const auto outcome = database_->Read([&](Snapshot& snapshot) {
      return snapshot.ForEach(
          "SELECT component || ' ' || number || ' ' || applied_ms FROM schema_migration ORDER BY 1",
          [&](const Row& row) -> base::Result<void> {
            recorded.emplace_back(row.Text(0));
            return {};
          });
    });
    EXPECT_TRUE(outcome.ok());
    return recorded;
  }

  TemporaryFolder folder_;
  base::ManualClock clock_{base::Millis(5)};
  std::unique_ptr<Database> database_ = OpenSqlite(folder_.path() / "test.db").value();
};

TEST_F(MigrationsTest, BringsSeveralComponentsToTheNewestVersion) {
  const SchemaComponent components[] = {{"tracking", kRuns}, {"registry", kModels}};
  ASSERT_TRUE(Migrate(*database_, clock_, components).ok());
  EXPECT_THAT(Recorded(), testing::ElementsAre("registry 1 5", "tracking 1 5", "tracking 2 5"));
}

TEST_F(MigrationsTest, AppliesOnlyWhatIsPending) {
  ASSERT_TRUE(Apply("tracking", std::span(kRuns).first(1)).ok());
  clock_.Advance(std::chrono::milliseconds(4));
  ASSERT_TRUE(Apply("tracking", kRuns).ok());
  ASSERT_TRUE(Apply("tracking", kRuns).ok());
  EXPECT_THAT(Recorded(), testing::ElementsAre("tracking 1 5", "tracking 2 9"));
}

TEST_F(MigrationsTest, RefusesADatabaseOfANewerProgram) {
  ASSERT_TRUE(Apply("tracking", kRuns).ok());
  const auto outcome = Apply("tracking", std::span(kRuns).first(1));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(outcome.error().reason(), "schema_too_new");
  EXPECT_EQ(outcome.error().detail("database_version"), "2");
  EXPECT_EQ(outcome.error().detail("program_version"), "1");
}

TEST_F(MigrationsTest, RefusesAMigrationThatWasChanged) {
  ASSERT_TRUE(Apply("tracking", kRuns).ok());
  Migration changed[] = {kRuns[0], kRuns[1]};
  changed[1].sqlite = "ALTER TABLE run ADD COLUMN title TEXT";
  const auto outcome = Apply("tracking", changed);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().reason(), "schema_changed");
}

TEST_F(MigrationsTest, AppliesAllOrNothing) {
  const Migration broken[] = {{1, "good", "CREATE TABLE good (id INTEGER)", ""},
                              {2, "bad", "CREATE TABLE worse (id INTEGER); CREATE NONSENSE", ""}};
  EXPECT_EQ(Apply("tracking", broken).error().code(), base::Code::kInternal);
  const auto tables = database_->Read([](Snapshot& snapshot) -> base::Result<int64_t> {
    YARD_ASSIGN_OR_RETURN(
        const auto row,
        snapshot.QueryOne("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
    return row.has_value() ? row->Integer(0) : -1;
  });
  EXPECT_EQ(tables.value_or(-1), 0);
}

TEST_F(MigrationsTest, RefusesGapsInTheNumbers) {
  const Migration gap[] = {kRuns[1]};
  EXPECT_EQ(Apply("tracking", gap).error().code(), base::Code::kInternal);
}

}  // namespace
}  // namespace yard::storage
