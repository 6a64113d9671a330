#include "serving/serving_service.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/events.h"
#include "serving/serving_for_test.h"

namespace yard::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServingServiceTest : public ::testing::Test {
 protected:
  void Create(std::vector<ArmConfig> arms = {{"champion", "models:/churn@champion", 100}}) {
    const auto created = service().Create({"churn", std::move(arms), std::chrono::minutes(60)});
    ASSERT_TRUE(created.ok()) << created.error().ToString();
  }

  /// Moves the alias and waits until the loader has looked.
  void MoveChampion(const std::string& version) {
    models_.MoveChampion(version);
    events_.Publish(registry::AliasChanged{"churn", "champion", {}, {}});
    AwaitLoader();
  }

  /// An endpoint that is created now is loaded after everything that waits.
  void AwaitLoader() {
    const std::string name = "marker" + std::to_string(markers_++);
    ASSERT_TRUE(service().Create({name, {{"a", "models:/churn/9", 1}}, {}}).ok());
    ASSERT_TRUE(service().Delete(name).ok());
  }

  std::string Serving() const {
    const auto routes = service().Find("churn");
    const ActiveArm* const arm = routes->ArmOf("any");
    return arm == nullptr ? "nothing" : arm->servable->key().version;
  }

  std::vector<std::string> Actions() const {
    std::vector<std::string> actions;
    const auto history = service().History("churn", 100);
    for (const auto& event : *history) {
      actions.emplace_back(EndpointActionName(event.action));
    }
    return actions;
  }

  void Restart() {
    serving_.Stop();
    serving_.Start();
  }
  ServingService& service() const { return serving_.service(); }

  mutable ServingForTest serving_;
  FakeModels& models_ = serving_.models();
  base::ManualClock& clock_ = serving_.clock();
  base::EventBus& events_ = serving_.events();
  int markers_ = 0;
};

TEST_F(ServingServiceTest, ServesWhatTheAliasNames) {
  Create();
  EXPECT_EQ(Serving(), "1");
  const auto status = service().Get("churn");
  EXPECT_EQ(status->arms[0].state, ArmState::kServing);
  EXPECT_THAT(Actions(), ElementsAre("arm_switched", "created"));
}

TEST_F(ServingServiceTest, FollowsTheAlias) {
  Create();
  MoveChampion("2");
  EXPECT_EQ(Serving(), "2");
  EXPECT_THAT(service().Get("churn")->arms[0].previous, ElementsAre(ModelKey{"churn", "1"}));
}

TEST_F(ServingServiceTest, DoesNotReloadAVersionThatServesAlready) {
  Create();
  const int loads = models_.loads();
  events_.Publish(registry::AliasChanged{"churn", "champion", {}, {}});
  AwaitLoader();
  EXPECT_EQ(models_.loads(), loads + 1);  // the marker's own
}

TEST_F(ServingServiceTest, KeepsServingWhenTheNextVersionCannotBeLoaded) {
  Create();
  models_.Break("2");
  MoveChampion("2");
  EXPECT_EQ(Serving(), "1");
  const auto status = service().Get("churn");
  EXPECT_EQ(status->arms[0].state, ArmState::kServing);
  EXPECT_THAT(status->arms[0].error, HasSubstr("SVC"));
  EXPECT_EQ(Actions().front(), "load_failed");
}

TEST_F(ServingServiceTest, SaysFailedWhenNothingCanBeLoaded) {
  models_.Break("1");
  Create();
  EXPECT_EQ(service().Get("churn")->arms[0].state, ArmState::kFailed);
  EXPECT_EQ(Serving(), "nothing");
}

TEST_F(ServingServiceTest, RollsBackAtOnceAndMovesTheAliasBack) {
  Create();
  MoveChampion("3");
  const int loads = models_.loads();
  const auto rolled_back = service().Rollback("churn", "");
  ASSERT_TRUE(rolled_back.ok()) << rolled_back.error().ToString();
  EXPECT_EQ(rolled_back->from, "3");
  EXPECT_EQ(rolled_back->to, "1");
  EXPECT_EQ(Serving(), "1");
  EXPECT_EQ(models_.champion(), "1");
  EXPECT_EQ(models_.loads(), loads);
  AwaitLoader();
  EXPECT_EQ(Serving(), "1");
  EXPECT_THAT(Actions(), ElementsAre("rolled_back", "arm_switched", "arm_switched", "created"));
}

TEST_F(ServingServiceTest, RefusesToRollBackFurtherThanItRemembers) {
  Create();
  const auto rolled_back = service().Rollback("churn", "champion");
  ASSERT_FALSE(rolled_back.ok());
  EXPECT_EQ(rolled_back.error().code(), base::Code::kFailedPrecondition);
  EXPECT_EQ(rolled_back.error().reason(), "no_previous_version");
  EXPECT_EQ(service().Rollback("churn", "other").error().reason(), "arm_not_found");
  EXPECT_EQ(service().Rollback("other", "").error().reason(), "endpoint_not_found");
}

TEST_F(ServingServiceTest, PinsAnArmThatNamedItsVersionWhenItRollsBack) {
  Create({{"champion", "models:/churn/1", 100}});
  ASSERT_TRUE(service().Update("churn", {{{{"champion", "models:/churn/2", 100}}}, {}}).ok());
  EXPECT_EQ(Serving(), "2");
  ASSERT_TRUE(service().Rollback("churn", "").ok());
  AwaitLoader();
  EXPECT_EQ(Serving(), "1");
  EXPECT_EQ(service().Get("churn")->config.arms[0].model, "models:/churn/1");
}

TEST_F(ServingServiceTest, ServesAndRollsBackAfterARestart) {
  Create();
  MoveChampion("2");
  Restart();
  AwaitLoader();
  EXPECT_EQ(Serving(), "2");
  ASSERT_TRUE(service().Rollback("churn", "").ok());
  EXPECT_EQ(Serving(), "1");
  EXPECT_THAT(Actions(), ElementsAre("rolled_back", "arm_switched", "arm_switched", "created"));
}

TEST_F(ServingServiceTest, ServesTheLastGoodVersionWhenTheAliasMovedToABadOneWhileDown) {
  Create();
  serving_.Stop();
  models_.MoveChampion("2");
  models_.Break("2");
  serving_.Start();
  AwaitLoader();
  EXPECT_EQ(Serving(), "1");
  EXPECT_THAT(service().Get("churn")->arms[0].error, HasSubstr("SVC"));
}

TEST_F(ServingServiceTest, LetsGoOfOldVersionsAfterTheBakeTimeButNeverOfTheLast) {
  Create();
  MoveChampion("2");
  MoveChampion("3");
  EXPECT_EQ(service().Get("churn")->arms[0].previous.size(), 2u);
  clock_.Advance(std::chrono::hours(2));
  MoveChampion("4");
  EXPECT_THAT(service().Get("churn")->arms[0].previous, ElementsAre(ModelKey{"churn", "3"}));
}

TEST_F(ServingServiceTest, FreesAVersionWithItsLastRequest) {
  Create({{"champion", "models:/churn/1", 100}});
  auto routes = service().Find("churn");
  const std::weak_ptr<const Servable> old = routes->arms()[0].servable;
  ASSERT_TRUE(service().Delete("churn").ok());
  AwaitLoader();  // its thread may still hold the endpoint
  EXPECT_FALSE(old.expired());
  routes.reset();
  EXPECT_TRUE(old.expired());
}

TEST_F(ServingServiceTest, SplitsByKeyAndStaysWithIt) {
  Create({{"champion", "models:/churn/1", 90}, {"challenger", "models:/churn/2", 10}});
  int challengers = 0;
  const auto routes = service().Find("churn");
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "customer-" + std::to_string(i);
    const ActiveArm* const arm = routes->ArmOf(key);
    EXPECT_EQ(arm, routes->ArmOf(key));
    if (arm->name == "challenger") ++challengers;
  }
  EXPECT_NEAR(challengers, 1'000, 100);
}

TEST_F(ServingServiceTest, SendsTheKeysOfABrokenArmToOneThatServes) {
  models_.Break("2");
  Create({{"champion", "models:/churn/1", 1}, {"challenger", "models:/churn/2", 1}});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(service().Find("churn")->ArmOf(std::to_string(i))->name, "champion");
  }
}

TEST_F(ServingServiceTest, RefusesConfigurationsThatMakeNoSense) {
  const std::vector<EndpointConfig> bad = {
      {"", {{"a", "models:/churn/1", 1}}, {}},
      {"a/b", {{"a", "models:/churn/1", 1}}, {}},
      {"..", {{"a", "models:/churn/1", 1}}, {}},
      {"x", {}, {}},
      {"x", {{"a", "models:/churn/1", 0}}, {}},
      {"x", {{"a", "models:/churn/1", -1}}, {}},
      {"x", {{"a", "models:/churn/1", 1}, {"a", "models:/churn/1", 1}}, {}},
      {"x", {{"a", "/etc/passwd", 1}}, {}},
  };
  for (const auto& config : bad) {
    EXPECT_EQ(service().Create(config).error().code(), base::Code::kInvalidArgument) << config.name;
  }
  EXPECT_EQ(service().Create({"x", {{"a", "models:/other/1", 1}}, {}}).error().code(),
            base::Code::kNotFound);
  EXPECT_THAT(service().List(), IsEmpty());
}

TEST_F(ServingServiceTest, RefusesASecondEndpointOfOneName) {
  Create();
  EXPECT_EQ(service().Create({"churn", {{"a", "models:/churn/1", 1}}, {}}).error().code(),
            base::Code::kAlreadyExists);
}

TEST_F(ServingServiceTest, KeepsWhatAnArmServesWhenItIsWeighedAnew) {
  Create();
  const int loads = models_.loads();
  ASSERT_TRUE(service()
                  .Update("churn", {{{{"champion", "models:/churn@champion", 50},
                                      {"challenger", "models:/churn/2", 50}}},
                                    std::chrono::minutes(5)})
                  .ok());
  EXPECT_EQ(models_.loads(), loads + 1);
  EXPECT_EQ(service().Get("churn")->config.bake_time, std::chrono::minutes(5));
  EXPECT_EQ(service().Get("churn")->arms[0].serving->version, "1");
}

TEST_F(ServingServiceTest, AnswersEveryRequestWhileVersionsSwap) {
  Create();
  std::atomic<bool> done{false};
  std::atomic<int> failures{0};
  std::atomic<int64_t> answers{0};
  std::vector<std::thread> clients;
  for (int t = 0; t < 2; ++t) {
    clients.emplace_back([&] {
      inference::Frame frame;
      frame.row_count = 1;
      while (!done) {
        const auto routes = service().Find("churn");
        const ActiveArm* const arm = routes == nullptr ? nullptr : routes->ArmOf("key");
        const bool ok = arm != nullptr && Score(*arm->servable, frame).ok();
        if (!ok) ++failures;
        if (ok) service().predictor().CountAnswer(*arm, 1, clock_.Steady());
        ++answers;
      }
    });
  }
  for (int swap = 0; swap < 100; ++swap) {
    models_.MoveChampion(std::to_string(1 + swap % 8));
    events_.Publish(registry::AliasChanged{"churn", "champion", {}, {}});
    if (swap % 10 == 9) {
      AwaitLoader();
      static_cast<void>(service().Rollback("churn", ""));
    }
  }
  AwaitLoader();
  done = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(answers, 0);
}

}  // namespace
}  // namespace yard::serving
