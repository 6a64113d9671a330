// Kills a process that writes with many threads, at a random moment, and looks at what is left.
// YARD_CRASH_ROUNDS sets how many times; the default keeps the unit tests short.

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::storage {
namespace {

constexpr int kWriters = 16;
constexpr int kDefaultRounds = 20;
constexpr int kMostAcknowledged = 600;  // when a round ends at the latest

struct WriteId {
  int32_t round = 0;
  int32_t sequence = 0;  // unique in its round
  friend auto operator<=>(const WriteId&, const WriteId&) = default;
};

/// Gathers every write of a group into one row, as metric segments are.
class SegmentParticipant final : public GroupParticipant {
 public:
  void Gather(WriteId id) {
    text_ += std::to_string(id.round) + ":" + std::to_string(id.sequence) + " ";
  }
  void Mark() override { mark_ = text_.size(); }
  void Rewind() override { text_.resize(mark_); }
  base::Result<void> Flush(Transaction& transaction) override {
    if (text_.empty()) return {};
    YARD_RETURN_IF_ERROR(transaction.Run("INSERT INTO segment (text) VALUES (?)", text_));
    return {};
  }
  void Finish(bool) override { text_.clear(); }

 private:
  std::string text_;
  size_t mark_ = 0;
};

// One function writes two rows and one entry of a segment: all three or none must survive.
base::Result<void> WriteOnce(Database& database, SegmentParticipant& segments, WriteId id) {
  return database.Write([&](Transaction& transaction) -> base::Result<void> {
    const char* sql = "INSERT INTO half (round, sequence, half, filler) VALUES (?, ?, ?, ?)";
    const std::string filler(static_cast<size_t>(id.sequence % 50) * 40, 'f');
    YARD_RETURN_IF_ERROR(transaction.Run(sql, id.round, id.sequence, 1, filler));
    segments.Gather(id);
    YARD_RETURN_IF_ERROR(transaction.Run(sql, id.round, id.sequence, 2, filler));
    return {};
  });
}

base::Result<void> CreateTables(Database& database) {
  return database.Write([](Transaction& transaction) {
    return transaction.RunScript(
        "CREATE TABLE IF NOT EXISTS half (round INT, sequence INT, half INT, filler TEXT,"
        "  PRIMARY KEY (round, sequence, half)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS segment (id INTEGER PRIMARY KEY, text TEXT) STRICT;");
  });
}

[[noreturn]] void WriteUntilKilled(const std::filesystem::path& file, int round, int pipe) {
  auto database = OpenSqlite(file).value();
  SegmentParticipant segments;
  database->AddParticipant(segments);
  if (!CreateTables(*database).ok()) _exit(1);
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0;; ++i) {
        const WriteId id{round, i * kWriters + writer};
        if (!WriteOnce(*database, segments, id).ok()) _exit(2);
        if (write(pipe, &id, sizeof id) != sizeof id) _exit(3);
      }
    });
  }
  for (;;) pause();
}

// Reads acknowledgements, kills the child after `limit` of them, and reads what was still on its
// way: those were acknowledged too.
std::vector<WriteId> KillAfter(int limit, pid_t child, int pipe) {
  std::vector<WriteId> acknowledged;
  for (WriteId id; read(pipe, &id, sizeof id) == sizeof id;) {
    acknowledged.push_back(id);
    if (acknowledged.size() == static_cast<size_t>(limit)) kill(child, SIGKILL);
  }
  return acknowledged;
}

std::vector<WriteId> RunRound(const std::filesystem::path& file, int round, int limit) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteUntilKilled(file, round, ends[1]);
  }
  close(ends[1]);
  auto acknowledged = KillAfter(limit, child, ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  return acknowledged;
}

struct Survivors {
  std::map<WriteId, int> halves;
  std::set<WriteId> in_segments;
};

void ReadSegment(std::string_view text, std::set<WriteId>& found) {
  while (!text.empty()) {
    const std::string entry(text.substr(0, text.find(' ')));
    const size_t colon = entry.find(':');
    found.insert({std::stoi(entry.substr(0, colon)), std::stoi(entry.substr(colon + 1))});
    text.remove_prefix(entry.size() + 1);
  }
}

Survivors ReadSurvivors(Database& database) {
  Survivors survivors;
  const auto outcome = database.Read([&](Snapshot& snapshot) -> base::Result<void> {
    YARD_RETURN_IF_ERROR(snapshot.ForEach(
        "SELECT round, sequence FROM half", [&](const Row& row) -> base::Result<void> {
          ++survivors.halves[{static_cast<int32_t>(row.Integer(0)),
                              static_cast<int32_t>(row.Integer(1))}];
          return {};
        }));
    return snapshot.ForEach("SELECT text FROM segment", [&](const Row& row) -> base::Result<void> {
      ReadSegment(row.Text(0), survivors.in_segments);
      return {};
    });
  });
  EXPECT_TRUE(outcome.ok());
  return survivors;
}

int Rounds() {
  const char* rounds = std::getenv("YARD_CRASH_ROUNDS");
  return rounds == nullptr ? kDefaultRounds : std::atoi(rounds);
}

TEST(CrashSafetyTest, KeepsEveryAcknowledgedWriteAndNoHalfOfAnother) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "modelyard.db";
  std::mt19937 random(20'240'229);  // NOLINT: the same moments every time, as far as threads allow
  std::set<WriteId> acknowledged;
  for (int round = 0; round < Rounds(); ++round) {
    const int limit = std::uniform_int_distribution(1, kMostAcknowledged)(random);
    for (const WriteId id : RunRound(file, round, limit)) acknowledged.insert(id);
    auto database = OpenSqlite(file);
    ASSERT_TRUE(database.ok()) << database.error().ToString();
    const Survivors survivors = ReadSurvivors(**database);
    for (const WriteId id : acknowledged)
      ASSERT_TRUE(survivors.halves.contains(id)) << "lost " << id.round << ":" << id.sequence;
    for (const auto& [id, halves] : survivors.halves) {
      ASSERT_EQ(halves, 2) << "half of " << id.round << ":" << id.sequence;
      ASSERT_TRUE(survivors.in_segments.contains(id)) << id.round << ":" << id.sequence;
    }
    ASSERT_EQ(survivors.halves.size(), survivors.in_segments.size());
  }
  EXPECT_GE(acknowledged.size(), static_cast<size_t>(Rounds()));
}

}  // namespace
}  // namespace yard::storage
