// Bodies of /invocations (JSON and CSV) and of /predict, for a model with a signature and for one
// that takes what comes. The first byte chooses.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/executor.h"
#include "base/telemetry.h"
#include "inference/model.h"
#include "net/http.h"
#include "net/router.h"
#include "protocols/scoring/scoring_routes.h"
#include "serving/single_model.h"

namespace {

using namespace yard;  // NOLINT: a test program of one file

/// Answers zero for every row; `declared` says whether it has a signature.
class ZeroModel final : public inference::Model {
 public:
  explicit ZeroModel(bool declared) {
    signature_.declared = declared;
    if (declared) {
      signature_.inputs = {{"spend", inference::DataType::kDouble, true},
                           {"visits", inference::DataType::kLong, true},
                           {"plan", inference::DataType::kString, false}};
    }
    description_.is_classifier = true;
    description_.classes = {"0", "1"};
  }
  const inference::Signature& signature() const override { return signature_; }
  const inference::Description& description() const override { return description_; }
  double estimated_row_microseconds() const override { return 0; }
  base::Result<inference::Predictions> Predict(const inference::Frame& frame,
                                               inference::PredictMethod method) const override {
    const bool is_matrix = method == inference::PredictMethod::kPredictProba;
    inference::Predictions answer;
    answer.row_count = frame.row_count;
    answer.is_matrix = is_matrix;
    answer.width = is_matrix ? 2 : 1;
    answer.values.assign(frame.row_count * answer.width, 0);
    for (const auto& column : frame.columns) {
      const size_t size = std::visit([](const auto& cells) { return cells.size(); }, column.cells);
      if (size != frame.row_count) __builtin_trap();
    }
    return answer;
  }

 private:
  inference::Signature signature_;
  inference::Description description_;
};

struct Server {
  explicit Server(bool declared) {
    model = *serving::SingleModel::Open({"m", "1"}, std::make_unique<ZeroModel>(declared), {},
                                        clock, telemetry);
    protocols::scoring::AddSingleModelRoutes(router, *model, executor);
  }
  base::SystemClock clock;
  base::Telemetry telemetry;
  base::Executor executor{"scoring", 1, 1};
  std::unique_ptr<serving::SingleModel> model;
  net::Router router;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Server* const declared = new Server(true);
  static Server* const undeclared = new Server(false);
  if (size == 0 || size > 4096) return 0;
  const Server& server = (data[0] & 1) != 0 ? *declared : *undeclared;
  const bool is_predict = (data[0] & 2) != 0;
  const bool is_csv = (data[0] & 4) != 0;
  auto request = std::make_shared<net::Request>();
  request->body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  request->headers.Add("Content-Type", is_csv ? "text/csv" : "application/json");
  request->request_id = "r";
  const auto match =
      server.router.Find(net::Method::kPost, is_predict ? "/predict" : "/invocations");
  (*match.async)(request, net::Responder([](const net::Response& response) {
                   const bool is_known =
                       response.status == 200 || response.status == 400 || response.status == 503;
                   if (!is_known) __builtin_trap();
                 }));
  return 0;
}
