#include "monitoring/prediction_history.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/events.h"
#include "base/telemetry.h"
#include "serving/prediction_log.h"
#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::monitoring {
namespace {

TEST(HistoryOf, ReadsWhatServingLogged) {
  const storage::TemporaryFolder folder;
  const base::ManualClock clock;
  const base::EventBus events;
  base::Telemetry telemetry;
  const auto database = storage::OpenSqlite(folder.path() / "predictions.db").value();
  const auto log = serving::PredictionLog::Open(*database, clock, events, telemetry).value();
  const auto source = std::make_shared<serving::PredictionSource>(
      serving::PredictionSource{"churn", "champion", "churn", "1", true, {"0", "1"}, {}});
  for (const int64_t time : {2000, 1000}) {
    serving::LoggedRow row;
    row.source = source;
    row.request_id = "r" + std::to_string(time);
    row.event_time = base::Millis(time);
    row.score = 0.25;
    ASSERT_TRUE(log->Append(std::move(row)));
  }
  const auto history = HistoryOf(*log);
  history->Flush();

  std::vector<std::string> seen;
  ASSERT_TRUE(history
                  ->Scan("churn", base::Millis(0), base::Millis(5000),
                         [&](const serving::PredictionRecord& record) -> base::Result<void> {
                           seen.push_back(record.source->version + " " + record.request_id);
                           return {};
                         })
                  .ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"1 r1000", "1 r2000"}));
  const auto extent = history->ExtentOf("churn").value();
  EXPECT_EQ(extent->oldest, base::Millis(1000));
  EXPECT_EQ(extent->newest, base::Millis(2000));
  EXPECT_FALSE(history->ExtentOf("other").value().has_value());
  const std::vector<std::string> ids = {"r2000", "nothing"};
  const auto places = history->Find(ids).value();
  EXPECT_EQ(places[0]->event_time, base::Millis(2000));
  EXPECT_FALSE(places[1].has_value());
}

}  // namespace
}  // namespace yard::monitoring
