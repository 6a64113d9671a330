#include "monitoring/alert_rules.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::monitoring {
namespace {

PaneReport Pane(std::string id, std::vector<std::string> drifted) {
  PaneReport pane;
  pane.span.id = std::move(id);
  pane.drifted_features = std::move(drifted);
  return pane;
}

class AlertRulesTest : public testing::Test {
 protected:
  /// Feeds one more closed pane and keeps what is active.
  AlertStep Feed(std::vector<std::string> drifted) {
    panes_.insert(panes_.begin(), Pane("p" + std::to_string(panes_.size()), std::move(drifted)));
    return Step();
  }
  AlertStep Step() {
    AlertStep step = NextAlerts("churn", settings_, panes_, active_, clock_);
    for (const Alert& alert : step.changed) {
      std::erase_if(active_, [&](const Alert& known) { return known.id == alert.id; });
      if (alert.state != AlertState::kResolved) active_.push_back(alert);
    }
    for (const auto& id : step.dropped) {
      std::erase_if(active_, [&](const Alert& known) { return known.id == id; });
    }
    clock_.Advance(std::chrono::seconds(1));
    return step;
  }

  MonitorSettings settings_;
  std::vector<PaneReport> panes_;
  std::vector<Alert> active_;
  base::ManualClock clock_;
};

TEST_F(AlertRulesTest, FiresAtOnceAndResolvesAtOnceByDefault) {
  const auto fired = Feed({"age"});
  ASSERT_EQ(fired.changed.size(), 1u);
  EXPECT_EQ(fired.changed[0].state, AlertState::kFiring);
  const auto resolved = Feed({});
  ASSERT_EQ(resolved.changed.size(), 1u);
  EXPECT_EQ(resolved.changed[0].state, AlertState::kResolved);
  EXPECT_EQ(resolved.changed[0].id, fired.changed[0].id);
  EXPECT_TRUE(resolved.changed[0].resolved.has_value());
}

TEST_F(AlertRulesTest, ChangesNothingWhenTheStepIsRepeated) {
  Feed({"age"});
  const auto again = Step();
  EXPECT_TRUE(again.changed.empty());
  EXPECT_TRUE(again.dropped.empty());
}

TEST_F(AlertRulesTest, WaitsForEnoughOfTheWatchedPanes) {
  settings_.panes_needed = 2;
  settings_.panes_watched = 3;
  EXPECT_EQ(Feed({"age"}).changed.at(0).state, AlertState::kPending);
  EXPECT_TRUE(Feed({}).changed.empty());
  EXPECT_EQ(Feed({"age"}).changed.at(0).state, AlertState::kFiring);
}

TEST_F(AlertRulesTest, DropsAPendingAlertThatCameToNothing) {
  settings_.panes_needed = 2;
  settings_.panes_watched = 2;
  Feed({"age"});
  Feed({});
  const auto step = Feed({});
  EXPECT_EQ(step.dropped.size() + active_.size(), step.dropped.size());
  EXPECT_TRUE(active_.empty());
}

TEST_F(AlertRulesTest, KeepsFiringWhileAWatchedPaneDrifted) {
  settings_.panes_needed = 2;
  settings_.panes_watched = 2;
  Feed({"age"});
  Feed({"age"});
  EXPECT_TRUE(Feed({}).changed.empty());
  EXPECT_EQ(Feed({}).changed.at(0).state, AlertState::kResolved);
}

TEST_F(AlertRulesTest, GivesANewDriftANewAlertWithTheSameFingerprint) {
  const Alert first = Feed({"age"}).changed.at(0);
  Feed({});
  const Alert second = Feed({"age"}).changed.at(0);
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(first.fingerprint, second.fingerprint);
  EXPECT_NE(first.fingerprint, FingerprintOf("other", "age"));
}

}  // namespace
}  // namespace yard::monitoring
