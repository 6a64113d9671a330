#include "storage/sqlite_database.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/telemetry.h"
#include "storage/database_conformance.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

class SqliteFixture final : public DatabaseFixture {
 public:
  std::unique_ptr<Database> Create(size_t queue_limit) override {
    SqliteOptions options;
    options.queue_limit = queue_limit;
    options.reader_count = 2;
    const auto path = folder_.path() / (std::to_string(++count_) + ".db");
    return OpenSqlite(path, options).value();
  }

 private:
  TemporaryFolder folder_;
  int count_ = 0;
};

std::unique_ptr<DatabaseFixture> MakeSqliteFixture() { return std::make_unique<SqliteFixture>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseConformance, testing::Values(&MakeSqliteFixture));

class SqliteDatabaseTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "test.db"; }

  static base::Result<void> CreateTable(Database& database) {
    return database.Write([](Transaction& transaction) {
      return transaction.RunScript("CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT) STRICT");
    });
  }

  static base::Result<int64_t> Count(Database& database) {
    return database.Read([](Snapshot& snapshot) -> base::Result<int64_t> {
      YARD_ASSIGN_OR_RETURN(const auto row, snapshot.QueryOne("SELECT count(*) FROM item"));
      return row->Integer(0);
    });
  }

  static base::Result<void> Insert(Database& database, std::string_view body) {
    return database.Write([body](Transaction& transaction) -> base::Result<void> {
      YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO item (body) VALUES (?)", body));
      return {};
    });
  }

  TemporaryFolder folder_;
};

TEST_F(SqliteDatabaseTest, KeepsItsRowsWhenReopened) {
  {
    auto database = OpenSqlite(file()).value();
    ASSERT_TRUE(CreateTable(*database).ok());
    ASSERT_TRUE(Insert(*database, "x").ok());
  }
  auto database = OpenSqlite(file()).value();
  EXPECT_EQ(Count(*database).value_or(-1), 1);
}

TEST_F(SqliteDatabaseTest, NamesTheMissingFolder) {
  const auto opened = OpenSqlite(folder_.path() / "missing" / "test.db");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), base::Code::kNotFound);
  EXPECT_EQ(opened.error().detail("path"), (folder_.path() / "missing").string());
}

TEST_F(SqliteDatabaseTest, RefusesAFolderInTheWay) {
  std::filesystem::create_directory(file());
  EXPECT_EQ(OpenSqlite(file()).error().code(), base::Code::kFailedPrecondition);
}

TEST_F(SqliteDatabaseTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file()) << std::string(10'000, 'x');
  EXPECT_EQ(OpenSqlite(file()).error().code(), base::Code::kDataLoss);
}

TEST_F(SqliteDatabaseTest, LeavesTheDatabaseOfAnotherProgramUntouched) {
  {
    auto database = OpenSqlite(file()).value();
    ASSERT_TRUE(CreateTable(*database).ok());
    ASSERT_TRUE(database
                    ->Write([](Transaction& transaction) {
                      return transaction.RunScript("PRAGMA application_id = 7");
                    })
                    .ok());
  }
  const auto opened = OpenSqlite(file());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason(), "foreign_database");
}

TEST_F(SqliteDatabaseTest, FailsTheWholeGroupWhenTheFileIsFullAndRecovers) {
  SqliteOptions options;
  options.max_pages = 64;
  auto database = OpenSqlite(file(), options).value();
  ASSERT_TRUE(CreateTable(*database).ok());
  std::promise<base::Result<void>> innocent;
  HeldWriter held(*database);
  database->Submit(
      [](Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO item (body) VALUES ('small')"));
        return {};
      },
      [&](base::Result<void> outcome) { innocent.set_value(std::move(outcome)); });
  std::promise<base::Result<void>> huge;
  database->Submit(
      [](Transaction& transaction) -> base::Result<void> {
        const std::string body(64 * 4096, 'x');
        static_cast<void>(transaction.Run("INSERT INTO item (body) VALUES (?)", body));
        return {};  // even a function that ignores the error may not commit
      },
      [&](base::Result<void> outcome) { huge.set_value(std::move(outcome)); });
  held.LetGo();
  for (auto* promise : {&innocent, &huge}) {
    const auto outcome = promise->get_future().get();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code(), base::Code::kUnavailable);
    EXPECT_EQ(outcome.error().reason(), "disk_full");
  }
  EXPECT_EQ(Count(*database).value_or(-1), 0);
  EXPECT_TRUE(Insert(*database, "small").ok());
  EXPECT_EQ(Count(*database).value_or(-1), 1);
}

TEST_F(SqliteDatabaseTest, CutsOffAReadThatTakesTooLong) {
  SqliteOptions options;
  options.read_timeout = std::chrono::milliseconds(20);
  auto database = OpenSqlite(file(), options).value();
  const auto outcome = database->Read([](Snapshot& snapshot) {
    return snapshot.QueryOne(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
  });
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), base::Code::kDeadlineExceeded);
  const auto next =
      database->Read([](Snapshot& snapshot) { return snapshot.QueryOne("SELECT 1"); });
  EXPECT_TRUE(next.ok());
}

TEST_F(SqliteDatabaseTest, SaysBusyWhenEveryReaderIsTaken) {
  SqliteOptions options;
  options.reader_count = 1;
  options.busy_timeout = std::chrono::milliseconds(1);
  auto database = OpenSqlite(file(), options).value();
  const auto outer = database->Read([&](Snapshot&) {
    return database->Read([](Snapshot&) -> base::Result<void> { return {}; });
  });
  EXPECT_EQ(outer.error().code(), base::Code::kUnavailable);
  EXPECT_TRUE(database->Read([](Snapshot&) -> base::Result<void> { return {}; }).ok());
}

TEST_F(SqliteDatabaseTest, KeepsMoreStatementsApartThanItsCacheHolds) {
  auto database = OpenSqlite(file()).value();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 400; ++i) {
      const auto sum = database->Read([i](Snapshot& snapshot) -> base::Result<int64_t> {
        YARD_ASSIGN_OR_RETURN(const auto row,
                              snapshot.QueryOne("SELECT " + std::to_string(i) + " + ?", 1));
        return row.has_value() ? row->Integer(0) : -1;
      });
      ASSERT_EQ(sum.value_or(-1), i + 1);
    }
  }
}

TEST_F(SqliteDatabaseTest, CopiesAConsistentStateWhileWritesGoOn) {
  auto database = OpenSqlite(file()).value();
  ASSERT_TRUE(CreateTable(*database).ok());
  std::atomic<bool> stopping{false};
  std::atomic<int64_t> pairs{0};
  std::jthread writer([&] {
    for (; !stopping; ++pairs) {
      EXPECT_TRUE(database
                      ->Write([](Transaction& transaction) -> base::Result<void> {
                        for (const char* body : {"first", "second"}) {
                          YARD_RETURN_IF_ERROR(
                              transaction.Run("INSERT INTO item (body) VALUES (?)", body));
                        }
                        return {};
                      })
                      .ok());
    }
  });
  while (pairs < 10) std::this_thread::yield();
  const auto target = folder_.path() / "backup.db";
  const auto outcome = BackupSqlite(file(), target);
  stopping = true;
  ASSERT_TRUE(outcome.ok()) << outcome.error().ToString();
  auto copy = OpenSqlite(target).value();
  EXPECT_GE(Count(*copy).value_or(-1), 20);
  EXPECT_EQ(Count(*copy).value_or(-1) % 2, 0);
  EXPECT_EQ(BackupSqlite(file(), target).error().code(), base::Code::kAlreadyExists);
  EXPECT_EQ(BackupSqlite(folder_.path() / "none", target).error().code(), base::Code::kNotFound);
}

TEST_F(SqliteDatabaseTest, RemovesADatabaseSoThatANewOneCanTakeItsPlace) {
  std::ofstream(file()) << std::string(10'000, 'x');
  std::ofstream(file().string() + "-wal") << "log";
  ASSERT_TRUE(RemoveSqlite(file()).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  EXPECT_TRUE(RemoveSqlite(file()).ok());
  EXPECT_TRUE(OpenSqlite(file()).ok());
}

TEST_F(SqliteDatabaseTest, CountsWhatTheWriterDoes) {
  base::Telemetry telemetry;
  SqliteOptions options;
  options.telemetry = &telemetry;
  auto database = OpenSqlite(file(), options).value();
  ASSERT_TRUE(CreateTable(*database).ok());
  EXPECT_EQ(telemetry.CounterFamily("yard_database_writes_total", "", {"database"})
                .With({"test.db"})
                .value(),
            1);
}

}  // namespace
}  // namespace yard::storage
