// What one request costs from its body to its answer, without the network.

#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "base/clock.h"
#include "base/executor.h"
#include "base/telemetry.h"
#include "net/router.h"
#include "protocols/scoring/scoring_routes.h"
#include "serving/fake_models_for_test.h"
#include "serving/single_model.h"

namespace yard::protocols::scoring {
namespace {

class Server {
 public:
  Server() {
    model_ = *serving::SingleModel::Open({"churn", "1"}, std::make_unique<serving::FakeModel>(0.25),
                                         {}, clock_, telemetry_);
    AddSingleModelRoutes(router_, *model_, executor_);
  }

  std::string Ask(const std::string& path, const std::string& body) {
    auto request = std::make_shared<net::Request>();
    request->body = body;
    request->request_id = "0123456789abcdef0123456789abcdef";
    request->headers.Add("Content-Type", "application/json");
    std::string answer;
    (*router_.Find(net::Method::kPost, path).async)(
        request,
        net::Responder([&](net::Response response) { answer = std::move(response.body); }));
    return answer;
  }

 private:
  base::SystemClock clock_;
  base::Telemetry telemetry_;
  base::Executor executor_{"scoring", 1, 1};
  std::unique_ptr<serving::SingleModel> model_;
  net::Router router_;
};

void Run(benchmark::State& state, const std::string& path, const std::string& body) {
  Server server;
  for (auto _ : state) benchmark::DoNotOptimize(server.Ask(path, body));
}

void FlatRow(benchmark::State& state) {
  Run(state, "/predict", R"({"spend": 12.25, "plan": "gold"})");
}
void StructuredRow(benchmark::State& state) {
  Run(state, "/predict",
      R"({"features": {"spend": 12.25, "plan": "gold"}, "key": "customer-17", "timestamp": 1})");
}
void SplitRow(benchmark::State& state) {
  Run(state, "/invocations",
      R"({"dataframe_split": {"columns": ["spend", "plan"], "data": [[12.25, "gold"]]}})");
}

BENCHMARK(FlatRow);
BENCHMARK(StructuredRow);
BENCHMARK(SplitRow);

}  // namespace
}  // namespace yard::protocols::scoring
