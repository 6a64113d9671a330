#include "protocols/native/monitors.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/value.h"
#include "monitoring/baseline.h"
#include "monitoring/monitor_service.h"
#include "net/router.h"

namespace yard::protocols::native {
namespace {

using base::json::Value;
using monitoring::Alert;
using monitoring::Baseline;
using monitoring::FeatureReport;
using monitoring::Label;
using monitoring::Monitor;
using monitoring::MonitorSettings;
using monitoring::PaneReport;

base::Error Missing(const char* reason) { return base::NotFound("not there").WithReason(reason); }

PaneReport ExamplePane() {
  PaneReport pane;
  pane.span = monitoring::PaneOf(monitoring::Window::kMonth, base::Millis(876'000'000'000));
  pane.is_closed = true;
  pane.rows = 500;
  pane.status = "drift";
  pane.drifted_features = {"age"};
  FeatureReport age;
  age.name = "age";
  age.rows = 500;
  age.ks = {0.25, 1e-12, 2e-12};
  age.verdict = monitoring::Verdict::kDrift;
  age.histogram.edges = {0, 1, 2};
  age.histogram.baseline = {10, 20};
  age.histogram.current = {20, 10};
  pane.features = {age};
  pane.arms.resize(2);
  pane.arms[0].arm = "champion";
  pane.arms[0].accuracy = {0.8, 0.7, 0.9};
  pane.arms[1].arm = "challenger";
  pane.arms[1].against_reference = age;
  return pane;
}

/// Answers from what the test puts into it.
class FakeMonitors final : public monitoring::MonitorService {
 public:
  base::Result<std::vector<monitoring::MonitorSummary>> List() override {
    return std::vector<monitoring::MonitorSummary>{
        {"churn", settings, "drift", {"age"}, "1997-10", 1}};
  }
  base::Result<Monitor> Get(std::string_view endpoint, size_t) override {
    if (endpoint != "churn") return Missing("monitor_not_found");
    return Monitor{"churn", settings, {ExamplePane()}};
  }
  base::Result<MonitorSettings> ChangeSettings(std::string_view,
                                               const MonitorSettings& changed) override {
    settings = changed;
    return settings;
  }
  base::Result<PaneReport> GetPane(std::string_view, std::string_view id) override {
    if (id != "1997-10") return Missing("pane_not_found");
    return ExamplePane();
  }
  base::Result<void> Close(std::string_view, std::optional<base::Millis> until) override {
    closed_until = until;
    return {};
  }
  base::Result<monitoring::LabelsAccepted> AddLabels(std::string_view,
                                                     std::span<const Label> added) override {
    labels.assign(added.begin(), added.end());
    return monitoring::LabelsAccepted{static_cast<int64_t>(added.size()), 1};
  }
  base::Result<std::vector<Alert>> Alerts() override {
    Alert alert;
    alert.id = "a1";
    alert.state = monitoring::AlertState::kFiring;
    alert.delivery = monitoring::DeliveryStatus{"http://x/", 2, true, ""};
    return std::vector<Alert>{alert};
  }
  base::Result<void> SetBaseline(std::string_view, std::string_view,
                                 const columnar::Table&) override {
    return {};
  }
  base::Result<Baseline> GetBaseline(std::string_view, std::string_view) override {
    return Missing("baseline_not_found");
  }
  void WaitUntilIdle() override {}

  MonitorSettings settings;
  std::optional<base::Millis> closed_until;
  std::vector<Label> labels;
};

class MonitorRoutesTest : public testing::Test {
 protected:
  MonitorRoutesTest() { AddMonitorRoutes(router_, monitors_); }

  net::Response Send(net::Method method, const std::string& path, std::string body = "") {
    const auto match = router_.Find(method, path);
    EXPECT_NE(match.blocking, nullptr) << path;
    net::Request request;
    request.method = method;
    request.path = path;
    request.path_parameters = match.path_parameters;
    request.body = std::move(body);
    return (*match.blocking)(request);
  }
  Value Answer(net::Method method, const std::string& path, std::string body = "") {
    const net::Response response = Send(method, path, std::move(body));
    EXPECT_EQ(response.status, 200) << response.body;
    return base::json::Parse(response.body).value();
  }

  FakeMonitors monitors_;
  net::Router router_;
};

TEST_F(MonitorRoutesTest, ListsMonitors) {
  const Value answer = Answer(net::Method::kGet, "/api/v1/monitors");
  const Value& monitor = answer["monitors"].as_array()->at(0);
  EXPECT_EQ(monitor["endpoint"].string_or(""), "churn");
  EXPECT_EQ(monitor["window"].string_or(""), "day");
  EXPECT_EQ(monitor["alerts_firing"].integer_or(0), 1);
}

TEST_F(MonitorRoutesTest, WritesAPaneWithNullForWhatIsNotThere) {
  const Value pane = Answer(net::Method::kGet, "/api/v1/monitors/churn/panes/1997-10");
  EXPECT_EQ(pane["id"].string_or(""), "1997-10");
  const Value& age = pane["features"].as_array()->at(0);
  EXPECT_EQ(age["ks"]["statistic"].number_or(0), 0.25);
  EXPECT_TRUE(age["chi2"].is_null());
  EXPECT_TRUE(age["psi"]["value"].is_null());
  EXPECT_EQ(age["verdict"].string_or(""), "drift");
  EXPECT_EQ(age["histogram"]["edges"].as_array()->size(), 3u);
  EXPECT_EQ(pane["arms"].as_array()->at(0)["accuracy"]["lower"].number_or(0), 0.7);
  EXPECT_TRUE(pane["arms"].as_array()->at(0)["auc"].is_null());
  EXPECT_EQ(pane["prediction"]["arms"].as_array()->at(0)["arm"].string_or(""), "challenger");
}

TEST_F(MonitorRoutesTest, ChangesOnlyTheSettingsThatAreGiven) {
  monitors_.settings.alpha = 0.01;
  Answer(net::Method::kPut, "/api/v1/monitors/churn", R"({"window": "month"})");
  EXPECT_EQ(monitors_.settings.window, monitoring::Window::kMonth);
  EXPECT_EQ(monitors_.settings.alpha, 0.01);
}

TEST_F(MonitorRoutesTest, ReadsLabelsOfEveryKind) {
  const Value answer = Answer(net::Method::kPost, "/api/v1/endpoints/churn/labels",
                              R"({"labels": [{"request_id": "a", "label": 1},
                                  {"label": "spam", "request_id": "b"},
                                  {"request_id": "c", "label": true}]})");
  EXPECT_EQ(answer["accepted"].integer_or(0), 3);
  EXPECT_EQ(answer["unknown"].integer_or(0), 1);
  ASSERT_EQ(monitors_.labels.size(), 3u);
  EXPECT_EQ(monitors_.labels[0].text, "1");
  EXPECT_EQ(monitors_.labels[1].text, "spam");
  EXPECT_EQ(monitors_.labels[2].text, "true");
}

TEST_F(MonitorRoutesTest, ClosesUntilTheGivenTime) {
  Answer(net::Method::kPost, "/api/v1/monitors/churn/close", R"({"until": 890000000000})");
  EXPECT_EQ(monitors_.closed_until, base::Millis(890'000'000'000));
  Answer(net::Method::kPost, "/api/v1/monitors/churn/close");
  EXPECT_EQ(monitors_.closed_until, std::nullopt);
}

TEST_F(MonitorRoutesTest, ShowsHowAnAlertWasDelivered) {
  const Value answer = Answer(net::Method::kGet, "/api/v1/alerts");
  const Value& alert = answer["alerts"].as_array()->at(0);
  EXPECT_EQ(alert["state"].string_or(""), "firing");
  EXPECT_EQ(alert["delivery"]["attempts"].integer_or(0), 2);
}

struct BadRequest {
  net::Method method;
  const char* path;
  const char* body;
  int status;
  const char* reason;
};

TEST_F(MonitorRoutesTest, RefusesWithTypedErrors) {
  const char* labels = "/api/v1/endpoints/churn/labels";
  const BadRequest cases[] = {
      {net::Method::kGet, "/api/v1/monitors/nobody", "", 404, "monitor_not_found"},
      {net::Method::kGet, "/api/v1/monitors/churn/panes/1990-01", "", 404, "pane_not_found"},
      {net::Method::kGet, "/api/v1/models/m/versions/1/baseline", "", 404, "baseline_not_found"},
      {net::Method::kPost, labels, "{}", 400, "missing_field"},
      {net::Method::kPost, labels, R"({"labels": [{"label": 1}]})", 400, "missing_field"},
      {net::Method::kPost, labels, R"({"labels": [{"request_id": "a"}]})", 400, "missing_field"},
      {net::Method::kPost, labels, R"({"labels": [{"request_id": "a", "label": [1]}]})", 400,
       "wrong_type"},
      {net::Method::kPut, "/api/v1/monitors/churn", R"({"window": "fortnight"})", 400,
       "unknown_window"},
      {net::Method::kPut, "/api/v1/monitors/churn", R"({"alpha": "high"})", 400, "wrong_type"},
  };
  for (const auto& test : cases) {
    const net::Response response = Send(test.method, test.path, test.body);
    EXPECT_EQ(response.status, test.status) << test.path << test.body << response.body;
    const auto error = base::json::Parse(response.body).value();
    EXPECT_EQ(error["error"]["reason"].string_or(""), test.reason) << test.path << test.body;
  }
}

TEST_F(MonitorRoutesTest, RefusesLabelsThatAreNoJson) {
  for (const char* body : {"", "[", "{\"labels\": [1]}", "{\"labels\": 5}"}) {
    EXPECT_EQ(Send(net::Method::kPost, "/api/v1/endpoints/churn/labels", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace yard::protocols::native
