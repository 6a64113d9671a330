#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/database.h"

namespace yard::storage {

/// Makes databases for the conformance suite; a driver's test implements it.
class DatabaseFixture {
 public:
  virtual ~DatabaseFixture() = default;
  /// A new, empty database with room for `queue_limit` waiting writes and two readers.
  virtual std::unique_ptr<Database> Create(size_t queue_limit) = 0;
};

/// What every driver must do. A driver instantiates it in its test:
///   INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseConformance, testing::Values(&MakeSqliteFixture));
/// The SQL is what both SQLite and PostgreSQL accept.
class DatabaseConformance : public testing::TestWithParam<std::unique_ptr<DatabaseFixture> (*)()> {
 protected:
  DatabaseConformance() : fixture_(GetParam()()), database_(fixture_->Create(100)) {
    Must(database_->Write([](Transaction& transaction) {
      return transaction.RunScript(
          "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT UNIQUE, price DOUBLE PRECISION "
          "CHECK (price >= 0));"
          "CREATE TABLE part (id BIGINT PRIMARY KEY, item BIGINT NOT NULL REFERENCES item(id));");
    }));
  }

  Database& database() { return *database_; }
  DatabaseFixture& fixture() { return *fixture_; }

  static void Must(const base::Result<void>& outcome) {
    ASSERT_TRUE(outcome.ok()) << outcome.error().ToString();
  }

  static base::Result<void> Insert(Transaction& transaction, int64_t id,
                                   std::optional<std::string> name = std::nullopt) {
    YARD_RETURN_IF_ERROR(
        transaction.Run("INSERT INTO item (id, name, price) VALUES (?, ?, 1.5)", id, name));
    return {};
  }

  base::Result<void> WriteItem(int64_t id) {
    return database_->Write([id](Transaction& transaction) { return Insert(transaction, id); });
  }

  std::vector<int64_t> Items() {
    std::vector<int64_t> ids;
    Must(database_->Read([&ids](Snapshot& snapshot) {
      return snapshot.ForEach("SELECT id FROM item ORDER BY id",
                              [&ids](const Row& row) -> base::Result<void> {
                                ids.push_back(row.Integer(0));
                                return {};
                              });
    }));
    return ids;
  }

 private:
  std::unique_ptr<DatabaseFixture> fixture_;
  std::unique_ptr<Database> database_;
};

/// Holds the writer inside a writing function until it is let go, so that a test decides what the
/// next group contains.
class HeldWriter {
 public:
  explicit HeldWriter(Database& database) {
    database.Submit(
        [this](Transaction&) -> base::Result<void> {
          running_.set_value();
          release_.get_future().wait();
          return {};
        },
        [](base::Result<void>) {});
    running_.get_future().wait();
  }
  void LetGo() { release_.set_value(); }

 private:
  std::promise<void> running_;
  std::promise<void> release_;
};

/// Gathers numbers over a group and writes them as one row of `item`: name = "1,2,3".
class GatheringParticipant final : public GroupParticipant {
 public:
  void Gather(int number) { gathered_.push_back(number); }
  void FailNextFlush() { fails_ = true; }
  const std::vector<bool>& finished() const { return finished_; }

  void Mark() override { mark_ = gathered_.size(); }
  void Rewind() override { gathered_.resize(mark_); }
  base::Result<void> Flush(Transaction& transaction) override {
    if (fails_) return base::Internal("the participant was told to fail");
    if (gathered_.empty()) return {};
    std::string text;
    for (const int number : gathered_) text += (text.empty() ? "" : ",") + std::to_string(number);
    YARD_RETURN_IF_ERROR(
        transaction.Run("INSERT INTO item (id, name) VALUES (?, ?)", ++last_id_, text));
    return {};
  }
  void Finish(bool committed) override {
    finished_.push_back(committed);
    gathered_.clear();
    fails_ = false;
  }

 private:
  std::vector<int> gathered_;
  std::vector<bool> finished_;
  size_t mark_ = 0;
  int64_t last_id_ = 1'000;
  bool fails_ = false;
};

TEST_P(DatabaseConformance, GivesBackWhatWasWritten) {
  const std::string binary("\0\xff\x01", 3);
  Must(database().Write([&](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(transaction.RunScript(
        "CREATE TABLE kind (i BIGINT, r DOUBLE PRECISION, t TEXT, n TEXT, empty TEXT)"));
    YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO kind VALUES (?, ?, ?, ?, ?)",
                                         std::numeric_limits<int64_t>::min(), 0.1, "naïve 模型",
                                         nullptr, std::string_view()));
    return {};
  }));
  const auto row = database().Read(
      [](Snapshot& snapshot) { return snapshot.QueryOne("SELECT i, r, t, n, empty FROM kind"); });
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->Integer(0), std::numeric_limits<int64_t>::min());
  EXPECT_EQ((*row)->Real(1), 0.1);
  EXPECT_EQ((*row)->Text(2), "naïve 模型");
  EXPECT_TRUE((*row)->IsNull(3));
  EXPECT_FALSE((*row)->IsNull(4));
  EXPECT_EQ((*row)->Text(4), "");
}

TEST_P(DatabaseConformance, KeepsBlobsByteForByte) {
  const std::string_view type = database().dialect() == Dialect::kPostgres ? "BYTEA" : "BLOB";
  std::string bytes(100'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 % 256);
  Must(database().Write([&](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(transaction.RunScript("CREATE TABLE page (id BIGINT, body " +
                                               std::string(type) + " NOT NULL)"));
    YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO page VALUES (1, ?)", Blob{bytes}));
    YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO page VALUES (2, ?)", Blob{}));
    return {};
  }));
  std::vector<std::string> bodies;
  Must(database().Read([&](Snapshot& snapshot) {
    return snapshot.ForEach("SELECT body FROM page ORDER BY id",
                            [&](const Row& row) -> base::Result<void> {
                              bodies.emplace_back(row.Bytes(0));
                              return {};
                            });
  }));
  EXPECT_THAT(bodies, testing::ElementsAre(bytes, ""));
}

TEST_P(DatabaseConformance, CountsChangedRowsAndReturnsGeneratedValues) {
  Must(WriteItem(1));
  Must(WriteItem(2));
  const auto changed = database().Write([](Transaction& transaction) {
    return transaction.Run("UPDATE item SET price = 2 WHERE id > ?", 0);
  });
  EXPECT_EQ(changed.value_or(-1), 2);
  const auto row = database().Write([](Transaction& transaction) {
    return transaction.QueryOne("INSERT INTO item (id, price) VALUES (?, 7) RETURNING id, price",
                                3);
  });
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->Integer(0), 3);
  EXPECT_THAT(Items(), testing::ElementsAre(1, 2, 3));
}

TEST_P(DatabaseConformance, NamesTheViolatedConstraint) {
  Must(WriteItem(1));
  struct Case {
    const char* sql;
    base::Code code;
    const char* reason;
  };
  const Case cases[] = {
      {"INSERT INTO item (id) VALUES (1)", base::Code::kAlreadyExists, "unique_violation"},
      {"INSERT INTO part (id, item) VALUES (1, 99)", base::Code::kFailedPrecondition,
       "foreign_key_violation"},
      {"INSERT INTO part (id) VALUES (1)", base::Code::kInvalidArgument, "constraint_violation"},
      {"UPDATE item SET price = -1", base::Code::kInvalidArgument, "constraint_violation"},
      {"INSERT INTO nothing VALUES (1)", base::Code::kInternal, "bad_statement"},
      {"SELEC 1", base::Code::kInternal, "bad_statement"},
  };
  for (const Case& c : cases) {
    const auto outcome =
        database().Write([&c](Transaction& transaction) { return transaction.Run(c.sql); });
    ASSERT_FALSE(outcome.ok()) << c.sql;
    EXPECT_EQ(outcome.error().code(), c.code) << outcome.error().ToString();
    EXPECT_EQ(outcome.error().reason(), c.reason) << c.sql;
  }
}

TEST_P(DatabaseConformance, UndoesAFunctionThatReturnsAnError) {
  const auto outcome = database().Write([](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(Insert(transaction, 1));
    return base::FailedPrecondition("changed my mind");
  });
  EXPECT_EQ(outcome.error().code(), base::Code::kFailedPrecondition);
  EXPECT_THAT(Items(), testing::IsEmpty());
}

TEST_P(DatabaseConformance, UndoesAFunctionThatThrows) {
  const auto outcome = database().Write([](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(Insert(transaction, 1));
    throw std::runtime_error("thrown");
  });
  EXPECT_EQ(outcome.error().code(), base::Code::kInternal);
  EXPECT_THAT(Items(), testing::IsEmpty());
}

TEST_P(DatabaseConformance, StaysUsableAfterAFailedStatement) {
  Must(database().Write([](Transaction& transaction) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(Insert(transaction, 1));
    EXPECT_FALSE(Insert(transaction, 1).ok());
    return Insert(transaction, 2);
  }));
  EXPECT_THAT(Items(), testing::ElementsAre(1, 2));
}

TEST_P(DatabaseConformance, UndoesOnlyTheFunctionsThatFailInAGroup) {
  std::vector<std::optional<base::Code>> outcomes(6);
  HeldWriter held(database());
  for (int i = 0; i < 6; ++i) {
    database().Submit(
        [i](Transaction& transaction) -> base::Result<void> {
          YARD_RETURN_IF_ERROR(Insert(transaction, i));
          if (i % 3 == 1) return base::Aborted("this one fails");
          return {};
        },
        [&outcomes, i](base::Result<void> outcome) {
          if (!outcome.ok()) outcomes[static_cast<size_t>(i)] = outcome.error().code();
        });
  }
  held.LetGo();
  database().StopWriter();
  EXPECT_THAT(Items(), testing::ElementsAre(0, 2, 3, 5));
  const auto failed = testing::Optional(base::Code::kAborted);
  const auto done = testing::Eq(std::nullopt);
  EXPECT_THAT(outcomes, testing::ElementsAre(done, failed, done, done, failed, done));
}

TEST_P(DatabaseConformance, LetsLaterFunctionsOfAGroupSeeEarlierOnes) {
  std::atomic<int64_t> seen{-1};
  HeldWriter held(database());
  database().Submit([](Transaction& transaction) { return Insert(transaction, 1); },
                    [](base::Result<void>) {});
  database().Submit(
      [&seen](Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const auto row, transaction.QueryOne("SELECT count(*) FROM item"));
        seen = row->Integer(0);
        return {};
      },
      [](base::Result<void>) {});
  held.LetGo();
  database().StopWriter();
  EXPECT_EQ(seen, 1);
}

TEST_P(DatabaseConformance, ReadsWhatAWriteHasAcknowledged) {
  for (int64_t id = 0; id < 20; ++id) {
    Must(WriteItem(id));
    EXPECT_EQ(Items().size(), static_cast<size_t>(id) + 1);
  }
}

TEST_P(DatabaseConformance, HoldsASnapshotStillWhileWritesGoOn) {
  Must(WriteItem(1));
  Must(database().Read([this](Snapshot& snapshot) -> base::Result<void> {
    const char* count = "SELECT count(*) FROM item";
    YARD_ASSIGN_OR_RETURN(const auto before, snapshot.QueryOne(count));
    YARD_RETURN_IF_ERROR(WriteItem(2));
    YARD_ASSIGN_OR_RETURN(const auto after, snapshot.QueryOne(count));
    EXPECT_EQ(before->Integer(0), after->Integer(0));
    return {};
  }));
  EXPECT_THAT(Items(), testing::ElementsAre(1, 2));
}

TEST_P(DatabaseConformance, RefusesToWriteOnASnapshot) {
  const auto outcome = database().Read(
      [](Snapshot& snapshot) { return snapshot.QueryOne("INSERT INTO item (id) VALUES (1)"); });
  EXPECT_EQ(outcome.error().code(), base::Code::kInternal);
  EXPECT_THAT(Items(), testing::IsEmpty());
}

TEST_P(DatabaseConformance, EndsAQueryWithTheErrorOfItsVisitor) {
  Must(WriteItem(1));
  Must(WriteItem(2));
  int visited = 0;
  const auto outcome = database().Read([&](Snapshot& snapshot) {
    return snapshot.ForEach("SELECT id FROM item", [&](const Row&) -> base::Result<void> {
      ++visited;
      return base::OutOfRange("enough");
    });
  });
  EXPECT_EQ(outcome.error().code(), base::Code::kOutOfRange);
  EXPECT_EQ(visited, 1);
}

TEST_P(DatabaseConformance, RunsTheSameStatementInsideItself) {
  Must(WriteItem(1));
  Must(WriteItem(2));
  int pairs = 0;
  const char* sql = "SELECT id FROM item";
  Must(database().Read([&](Snapshot& snapshot) {
    return snapshot.ForEach(sql, [&](const Row&) {
      return snapshot.ForEach(sql, [&](const Row&) -> base::Result<void> {
        ++pairs;
        return {};
      });
    });
  }));
  EXPECT_EQ(pairs, 4);
}

TEST_P(DatabaseConformance, RefusesTheWrongNumberOfParameters) {
  for (const char* sql : {"SELECT 1", "SELECT id FROM item WHERE id = ? OR id = ?"}) {
    const auto outcome =
        database().Read([sql](Snapshot& snapshot) { return snapshot.QueryOne(sql, 1); });
    EXPECT_EQ(outcome.error().code(), base::Code::kInternal) << sql;
  }
}

TEST_P(DatabaseConformance, RefusesWritesBeyondTheQueueAndRecovers) {
  auto small = fixture().Create(3);
  std::atomic<int> refused{0};
  std::atomic<int> done{0};
  HeldWriter held(*small);
  for (int i = 0; i < 5; ++i) {
    small->Submit([](Transaction&) -> base::Result<void> { return {}; },
                  [&](base::Result<void> outcome) {
                    if (outcome.ok()) ++done;
                    if (!outcome.ok() && outcome.error().code() == base::Code::kUnavailable)
                      ++refused;
                  });
  }
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(small->queued_writes(), 3U);
  held.LetGo();
  while (done < 3) std::this_thread::yield();
  Must(small->Write([](Transaction&) -> base::Result<void> { return {}; }));
}

TEST_P(DatabaseConformance, FinishesQueuedWritesAndRefusesNewOnesWhenItStops) {
  HeldWriter held(database());
  std::promise<bool> finished;
  database().Submit([](Transaction& transaction) { return Insert(transaction, 1); },
                    [&](base::Result<void> outcome) { finished.set_value(outcome.ok()); });
  held.LetGo();
  database().StopWriter();
  database().StopWriter();
  EXPECT_TRUE(finished.get_future().get());
  EXPECT_EQ(WriteItem(2).error().code(), base::Code::kUnavailable);
  EXPECT_THAT(Items(), testing::ElementsAre(1));
}

TEST_P(DatabaseConformance, FlushesAParticipantOnceForAWholeGroup) {
  GatheringParticipant participant;
  database().AddParticipant(participant);
  HeldWriter held(database());
  for (int i = 1; i <= 4; ++i) {
    database().Submit(
        [&participant, i](Transaction&) -> base::Result<void> {
          participant.Gather(i);
          if (i == 3) return base::Aborted("this one fails");
          return {};
        },
        [](base::Result<void>) {});
  }
  held.LetGo();
  database().StopWriter();
  const auto row = database().Read(
      [](Snapshot& snapshot) { return snapshot.QueryOne("SELECT name FROM item"); });
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->Text(0), "1,2,4");
  EXPECT_THAT(participant.finished(), testing::ElementsAre(true, true));
}

TEST_P(DatabaseConformance, UndoesTheWholeGroupWhenAParticipantCannotFlush) {
  GatheringParticipant participant;
  database().AddParticipant(participant);
  participant.FailNextFlush();
  EXPECT_EQ(WriteItem(1).error().code(), base::Code::kInternal);
  Must(WriteItem(2));
  EXPECT_THAT(Items(), testing::ElementsAre(2));
  EXPECT_THAT(participant.finished(), testing::ElementsAre(false, true));
}

TEST_P(DatabaseConformance, FinishesParticipantsBeforeItReleasesCallers) {
  GatheringParticipant participant;
  database().AddParticipant(participant);
  size_t finished_when_released = 0;
  database().Submit(
      [](Transaction&) -> base::Result<void> { return {}; },
      [&](base::Result<void>) { finished_when_released = participant.finished().size(); });
  database().StopWriter();
  EXPECT_EQ(finished_when_released, 1U);
}

TEST_P(DatabaseConformance, ServesManyWritersAndReadersAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kWrites = 50;
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kWrites; ++i) {
          if (!WriteItem(t * kWrites + i).ok()) ++failures;
          const auto row = database().Read([&](Snapshot& snapshot) {
            return snapshot.QueryOne("SELECT id FROM item WHERE id = ?", t * kWrites + i);
          });
          if (!row.ok() || !row->has_value()) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Items().size(), static_cast<size_t>(kThreads * kWrites));
}

}  // namespace yard::storage
