#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/telemetry.h"
#include "net/router.h"
#include "protocols/prometheus/accept.h"
#include "protocols/prometheus/exposition.h"
#include "protocols/prometheus/prometheus_routes.h"

namespace yard::protocols::prometheus {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

struct AcceptCase {
  const char* accept;
  TextFormat format;
};

TEST(ChooseFormat, GoesByQuality) {
  const AcceptCase cases[] = {
      {"", TextFormat::kPrometheusText},
      {"*/*", TextFormat::kPrometheusText},
      {"text/html", TextFormat::kPrometheusText},
      {"application/openmetrics-text", TextFormat::kOpenMetrics},
      {"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9",
       TextFormat::kPrometheusText},
      {"text/plain;q=0.2, application/openmetrics-text; version=1.0.0; q=0.3",
       TextFormat::kOpenMetrics},
      {"application/openmetrics-text;version=2.0.0,text/plain;q=0.1", TextFormat::kPrometheusText},
      {"application/openmetrics-text;q=0,*/*;q=0.1", TextFormat::kPrometheusText},
      // What Prometheus 2.42 and 3 send.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q="
       "0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       TextFormat::kOpenMetrics},
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
       "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.8,text/plain;version="
       "0.0.4;q=0.5,*/*;q=0.1",
       TextFormat::kOpenMetrics},
      {";;,,=;q=", TextFormat::kPrometheusText},
  };
  for (const auto& test : cases) EXPECT_EQ(ChooseFormat(test.accept), test.format) << test.accept;
}

/// One family of every kind, with text that needs escaping.
void Fill(base::Telemetry& telemetry) {
  telemetry.CounterFamily("yard_requests_total", "Requests.", {"path"}).With({"a\"b\\c\nd"}).Add(3);
  telemetry.GaugeFamily("yard_queue_length", "Waiting\nrequests \\ \"now\".").With({}).Set(1.5);
  auto& histogram = telemetry.HistogramFamily("yard_request_duration_seconds", "Duration.",
                                              {"route"}, {0.001, 1});
  histogram.With({"/x"}).Observe(0.0005);
  histogram.With({"/x"}).Observe(0.5);
  histogram.With({"/x"}).Observe(7);
}

TEST(MetricsText, WritesThePlainFormat) {
  base::Telemetry telemetry;
  Fill(telemetry);
  const std::string text = MetricsText(telemetry, TextFormat::kPrometheusText);
  EXPECT_THAT(text, HasSubstr("# TYPE yard_requests_total counter\n"
                              "yard_requests_total{path=\"a\\\"b\\\\c\\nd\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("# HELP yard_queue_length Waiting\\nrequests \\\\ \"now\".\n"));
  EXPECT_THAT(text, HasSubstr("yard_queue_length 1.5\n"));
  EXPECT_THAT(text, HasSubstr("yard_request_duration_seconds_bucket{route=\"/x\",le=\"0.001\"} 1\n"
                              "yard_request_duration_seconds_bucket{route=\"/x\",le=\"1\"} 2\n"
                              "yard_request_duration_seconds_bucket{route=\"/x\",le=\"+Inf\"} 3\n"
                              "yard_request_duration_seconds_sum{route=\"/x\"} 7.5005\n"
                              "yard_request_duration_seconds_count{route=\"/x\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("process_start_time_seconds "));
  EXPECT_THAT(text, HasSubstr("yard_build_info{version=\""));
  EXPECT_THAT(text, Not(HasSubstr("# EOF")));
}

TEST(MetricsText, WritesOpenMetrics) {
  base::Telemetry telemetry;
  Fill(telemetry);
  const std::string text = MetricsText(telemetry, TextFormat::kOpenMetrics);
  EXPECT_THAT(text, HasSubstr("# TYPE yard_requests counter\nyard_requests_total{"));
  EXPECT_THAT(text, HasSubstr("le=\"1.0\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# HELP yard_queue_length Waiting\\nrequests \\\\ \\\"now\\\".\n"));
  EXPECT_THAT(text, EndsWith("# EOF\n"));
}

TEST(NumberText, NamesWhatIsNoNumber) {
  EXPECT_EQ(NumberText(NAN), "NaN");
  EXPECT_EQ(NumberText(INFINITY), "+Inf");
  EXPECT_EQ(NumberText(-INFINITY), "-Inf");
  EXPECT_EQ(NumberText(0.1), "0.1");
}

TEST(MetricsText, PassesPromtool) {
  if (std::system("command -v promtool > /dev/null") != 0) GTEST_SKIP() << "no promtool";
  base::Telemetry telemetry;
  Fill(telemetry);
  FILE* promtool = popen("promtool check metrics", "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = MetricsText(telemetry, TextFormat::kPrometheusText);
  EXPECT_EQ(fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(pclose(promtool), 0);
}

TEST(AddPrometheusRoutes, AnswersInTheFormatThatWasAskedFor) {
  base::Telemetry telemetry;
  net::Router router;
  AddPrometheusRoutes(router, telemetry);
  const auto match = router.Find(net::Method::kGet, "/metrics");
  ASSERT_NE(match.blocking, nullptr);
  net::Request request;
  request.headers.Add("accept", "application/openmetrics-text; version=1.0.0");
  const net::Response response = (*match.blocking)(request);
  EXPECT_EQ(response.headers.Get("Content-Type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_THAT(response.body, EndsWith("# EOF\n"));
}

}  // namespace
}  // namespace yard::protocols::prometheus
