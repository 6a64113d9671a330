// Requests of MLflow clients: any body and query ends in a value or in an error that can be sent.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/value.h"
#include "protocols/mlflow/error.h"
#include "protocols/mlflow/request.h"

namespace yard::protocols::mlflow {
namespace {

struct Entry {
  std::optional<std::string> key;
  std::optional<double> value;
  std::optional<int64_t> timestamp;
  int step = 0;
  bool flag = false;
};
YARD_DESCRIBE(Entry, key, value, timestamp, step, flag)

struct Call {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<EnumName> status;
  std::vector<Entry> metrics;
  std::vector<std::string> order_by;
  std::optional<int64_t> max_results;
};
YARD_DESCRIBE(Call, run_id, run_uuid, status, metrics, order_by, max_results)

void CheckAnswer(const base::Result<Call>& parsed) {
  if (parsed.ok()) return;
  const net::Response response = ErrorResponse(parsed.error());
  if (response.status != 400 || !base::json::Parse(response.body).ok()) std::abort();
}

}  // namespace
}  // namespace yard::protocols::mlflow

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace yard;
  const std::string text(data, data + size);
  net::Request post;
  post.method = net::Method::kPost;
  post.headers.Set("Content-Type", "application/json");
  post.body = text;
  protocols::mlflow::CheckAnswer(protocols::mlflow::Parse<protocols::mlflow::Call>(post));
  net::Request get;
  get.query = text;
  protocols::mlflow::CheckAnswer(protocols::mlflow::Parse<protocols::mlflow::Call>(get));
  return 0;
}
