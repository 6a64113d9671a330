#include "protocols/scoring/invocations.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/writer.h"
#include "protocols/scoring/cells.h"
#include "protocols/scoring/csv_input.h"
#include "protocols/scoring/json_input.h"
#include "protocols/scoring/predictions_json.h"
#include "protocols/scoring/scoring_errors.h"
#include "protocols/scoring/where_to_run.h"

namespace yard::protocols::scoring {

namespace {

using inference::PredictMethod;
using serving::ActiveArm;
using serving::FrameBuilder;
using serving::Routes;

enum class BodyKind { kJson, kCsv };

struct ContentType {
  std::optional<BodyKind> kind;
  std::string refusal;  // text of the 415 when there is no kind
};

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

/// The next part of a header up to `separator`, which is removed from `rest`.
std::string_view NextPart(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return Trimmed(part);
}

ContentType ReadContentType(const net::Request& request) {
  const std::string_view header = request.headers.Get("Content-Type").value_or("");
  if (header == "application/json") return {BodyKind::kJson, {}};
  std::string_view rest = header;
  const std::string_view type = NextPart(rest, ';');
  std::string unknown;
  while (!rest.empty()) {
    std::string_view parameter = NextPart(rest, ';');
    const std::string_view name = NextPart(parameter, '=');
    if (name != "charset") {
      unknown.append(unknown.empty() ? "" : ", ").append(name);
    } else if (!EqualsIgnoringCase(parameter, "utf-8")) {
      return {{}, "The scoring server only supports UTF-8"};
    }
  }
  if (!unknown.empty()) return {{}, "Unrecognized content type parameters: " + unknown + "."};
  if (type == "application/json") return {BodyKind::kJson, {}};
  if (type == "text/csv") return {BodyKind::kCsv, {}};
  return {{},
          "This predictor only supports the following content types: Types: ['text/csv', "
          "'application/json']. Got '" +
              std::string(header) + "'."};
}

base::Result<PredictMethod> MethodNamed(std::string_view name) {
  if (name.empty()) return PredictMethod::kDefault;
  if (name == "predict") return PredictMethod::kPredict;
  if (name == "predict_proba") return PredictMethod::kPredictProba;
  return base::InvalidArgument("predict_method is 'predict' or 'predict_proba'.",
                               {"value", std::string(name)})
      .WithReason("unknown_predict_method");
}

std::vector<serving::RowIdentity> Identities(const net::Request& request, size_t row_count,
                                             std::string_view key, base::Millis now) {
  if (row_count == 1) return {{request.request_id, std::string(key), now}};
  std::vector<serving::RowIdentity> rows;
  rows.reserve(row_count);
  for (size_t i = 0; i < row_count; ++i) {
    rows.push_back({request.request_id + "-" + std::to_string(i), std::string(key), now});
  }
  return rows;
}

net::Response PredictionsResponse(const inference::Predictions& predictions) {
  std::string body;
  body.reserve(32 + predictions.values.size() * 20);
  base::json::Writer writer(body, base::json::NonFinite::kToken);
  writer.BeginObject().Key("predictions");
  WriteRows(writer, predictions);
  writer.EndObject();
  return net::Response::Json(std::move(body));
}

/// One request on its arm, start to end.
class Invocation {
 public:
  Invocation(const net::Request& request, const net::Responder& responder,
             const ScoringTarget& target, const Routes& routes)
      : request_(request),
        responder_(responder),
        target_(target),
        routes_(routes),
        started_(target.predictor.clock().Steady()) {}

  void Run(BodyKind kind) {
    const auto entity = request_.headers.Get("X-Entity-Key");
    key_ = entity.value_or("");
    arm_ = routes_.ArmOf(entity.value_or(request_.request_id));
    if (arm_ == nullptr) return Fail(NothingServes(routes_.endpoint()));
    auto input = ReadInput(kind);
    if (!input.ok()) return Fail(input.error());
    const auto method = MethodNamed(input->predict_method);
    if (!method.ok()) return Fail(method.error());
    auto answer = arm_->servable->model().Predict(input->frame, *method);
    if (!answer.ok()) return Fail(answer.error());
    responder_.Send(PredictionsResponse(*answer));
    target_.predictor.CountAnswer(*arm_, input->frame.row_count, started_);
    Log(input->frame, *std::move(answer));
    builder_->Recycle(std::move(input->frame));
  }

 private:
  base::Result<JsonInput> ReadInput(BodyKind kind) {
    ResetBuilder();
    if (kind == BodyKind::kJson) return ReadJson();
    YARD_ASSIGN_OR_RETURN(auto frame,
                          ReadCsvInput(request_.body, *builder_, arm_->servable->model()));
    return JsonInput{std::move(frame), {}};
  }

  base::Result<JsonInput> ReadJson() {
    const auto& model = arm_->servable->model();
    auto input = ReadJsonInput(request_.body, *builder_, model);
    if (input.ok()) return input;
    const auto plain = WithoutPythonTokens(request_.body);
    if (!plain) return input;
    ResetBuilder();
    return ReadJsonInput(*plain, *builder_, model);
  }

  void ResetBuilder() {
    builder_ = &FrameBuilder::ForThread(arm_->servable->layout(), serving::CellRules::kLikePandas);
  }

  void Fail(const base::Error& error) {
    responder_.Send(MlflowError(error));
    target_.predictor.CountError(routes_.endpoint(), arm_, error);
  }

  void Log(const inference::Frame& frame, inference::Predictions answer) {
    if (!target_.predictor.is_logging() || frame.row_count == 0) return;
    const auto scored = serving::ScoreAround(*arm_->servable, frame, std::move(answer));
    // A model that answered the client may still lack one of the two; then there is nothing to log.
    if (!scored.ok()) return;
    target_.predictor.LogRows(
        *arm_, frame, *scored,
        Identities(request_, frame.row_count, key_, target_.predictor.clock().Now()));
  }

  const net::Request& request_;
  const net::Responder& responder_;
  const ScoringTarget& target_;
  const Routes& routes_;
  const std::chrono::steady_clock::time_point started_;
  const ActiveArm* arm_ = nullptr;
  FrameBuilder* builder_ = nullptr;  // this thread's
  std::string_view key_;
};

}  // namespace

void AnswerInvocations(const std::shared_ptr<const net::Request>& request,
                       const net::Responder& responder, const std::string& endpoint,
                       const ScoringTarget& target) {
  const auto routes = target.find(endpoint);
  if (!routes) return responder.Send(MlflowError(NoSuchEndpoint(endpoint)));
  const ContentType type = ReadContentType(*request);
  if (!type.kind) return responder.Send(net::Response::Text(type.refusal, 415));
  const BodyKind kind = *type.kind;
  const std::string_view body = request->body;
  const size_t rows = kind == BodyKind::kJson ? RowsInJson(*routes, body) : RowsInCsv(body);
  if (IsCheap(*routes, body.size(), rows)) {
    return Invocation(*request, responder, target, *routes).Run(kind);
  }
  const bool posted = target.executor.TryPost([request, responder, routes, kind, &target] {
    const bool is_late = IsTooLate(*request, target.predictor.clock().Steady());
    if (is_late) return responder.Send(MlflowError(TooLate()));
    Invocation(*request, responder, target, *routes).Run(kind);
  });
  if (!posted) responder.Send(MlflowError(Busy()));
}

}  // namespace yard::protocols::scoring
