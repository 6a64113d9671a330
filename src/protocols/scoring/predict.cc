#include "protocols/scoring/predict.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/writer.h"
#include "protocols/scoring/cells.h"
#include "protocols/scoring/predictions_json.h"
#include "protocols/scoring/row_input.h"
#include "protocols/scoring/scoring_errors.h"
#include "protocols/scoring/where_to_run.h"

namespace yard::protocols::scoring {

namespace {

using base::json::Element;
using serving::ActiveArm;
using serving::FrameBuilder;
using serving::Routes;
using serving::RowIdentity;
using serving::Scored;

/// Rows of one request that go to one arm, through their life: read, scored, answered, logged.
struct Batch {
  const ActiveArm* arm = nullptr;
  inference::Frame frame;
  Scored scored;
  std::vector<RowIdentity> rows;
};

void WritePrediction(base::json::Writer& writer, const Batch& batch, size_t row) {
  const serving::Servable& servable = *batch.arm->servable;
  writer.BeginObject().Key("prediction");
  WriteValue(writer, batch.scored.labels, row * batch.scored.labels.width);
  if (const auto confidence = batch.scored.ConfidenceOf(servable, row)) {
    writer.Member("confidence", *confidence);
  }
  writer.Member("model", servable.key().name);
  writer.Member("version", servable.key().version);
  writer.Member("arm", batch.arm->name);
  writer.Member("request_id", batch.rows[row].request_id);
  writer.EndObject();
}

/// One request, start to end.
class Prediction {
 public:
  Prediction(const net::Request& request, const net::Responder& responder,
             const ScoringTarget& target, const Routes& routes)
      : request_(request),
        responder_(responder),
        target_(target),
        routes_(routes),
        started_(target.predictor.clock().Steady()),
        now_(target.predictor.clock().Now()) {}

  void Run() {
    const auto shape = ShapeOf(request_.body);
    if (!shape.ok()) return Fail(shape.error());
    if (*shape == PredictShape::kRows) return RunRows();
    Batch batch;
    const auto scored = *shape == PredictShape::kFlat ? ScoreFlat(batch) : ScoreStructured(batch);
    if (!scored.ok()) return Fail(scored.error());
    std::string body;
    body.reserve(256);
    base::json::Writer writer(body);
    WritePrediction(writer, batch, 0);
    responder_.Send(net::Response::Json(std::move(body)));
    Account(batch);
    builder_->Recycle(std::move(batch.frame));
  }

 private:
  base::Result<void> ChooseArm(std::string_view key, std::string_view request_id) {
    arm_ = routes_.ArmOf(key.empty() ? request_id : key);
    if (arm_ == nullptr) return NothingServes(routes_.endpoint());
    return {};
  }

  void StartFrame(const ActiveArm& arm) {
    builder_ = &FrameBuilder::ForThread(arm.servable->layout(), serving::CellRules::kExact);
  }

  base::Result<void> ReadFeatures(std::string_view features, std::optional<size_t> label) {
    YARD_RETURN_IF_ERROR(builder_->BeginRow(label));
    YARD_RETURN_IF_ERROR(base::json::Read(
        features, [this](Element root) { return SetCellsByName(*builder_, root); }));
    return builder_->CheckRow();
  }

  base::Result<void> ScoreBatch(Batch& batch) {
    const serving::Servable& servable = *batch.arm->servable;
    YARD_ASSIGN_OR_RETURN(batch.frame, builder_->Take(servable.model()));
    YARD_ASSIGN_OR_RETURN(batch.scored, serving::Score(servable, batch.frame));
    return {};
  }

  base::Result<void> ScoreFlat(Batch& batch) {
    const std::string_view key = request_.headers.Get("X-Entity-Key").value_or("");
    YARD_RETURN_IF_ERROR(ChooseArm(key, request_.request_id));
    batch.arm = arm_;
    batch.rows.push_back({request_.request_id, std::string(key), now_});
    StartFrame(*arm_);
    YARD_RETURN_IF_ERROR(ReadFeatures(request_.body, {}));
    return ScoreBatch(batch);
  }

  base::Result<void> ScoreStructured(Batch& batch) {
    return base::json::Read(request_.body, [&](Element root) -> base::Result<void> {
      YARD_ASSIGN_OR_RETURN(RowInput row, ReadRowInput(root));
      RowIdentity identity = IdentityOf(row, request_.request_id);
      YARD_RETURN_IF_ERROR(ChooseArm(identity.key, identity.request_id));
      batch.arm = arm_;
      batch.rows.push_back(std::move(identity));
      StartFrame(*arm_);
      YARD_RETURN_IF_ERROR(ReadFeatures(row.features, {}));
      return ScoreBatch(batch);
    });
  }

  RowIdentity IdentityOf(RowInput& row, std::string request_id) const {
    if (!row.request_id.empty()) request_id = std::move(row.request_id);
    return {std::move(request_id), std::move(row.key), row.event_time.value_or(now_)};
  }

  // Many rows: each goes to the arm of its own key, and the answers come in the order of the rows.

  struct Place {
    size_t batch = 0;
    size_t row = 0;
  };
  struct ManyRows {
    std::vector<Batch> batches;
    std::vector<std::vector<std::pair<size_t, std::string_view>>> features;  // of each batch
    std::vector<Place> places;                                               // of each row
  };

  void RunRows() {
    ManyRows many;
    const auto scored = ReadAndScore(many);
    if (!scored.ok()) return Fail(scored.error());
    responder_.Send(RowsResponse(many));
    for (auto& batch : many.batches) Account(batch);
  }

  base::Result<void> ReadAndScore(ManyRows& many) {
    return base::json::Read(request_.body, [&](Element root) {
      return root.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
        if (name != "rows") return {};
        YARD_RETURN_IF_ERROR(value.ForEachItem([&](Element item) { return AddRow(item, many); }));
        return ScoreRows(many);
      });
    });
  }

  base::Result<void> AddRow(Element item, ManyRows& many) {
    const size_t index = many.places.size();
    if (index == kMaxPredictRows) {
      return base::InvalidArgument("a request has too many rows; send them in parts",
                                   {"limit", std::to_string(kMaxPredictRows)})
          .WithReason("too_many_rows");
    }
    auto row = ReadRowInput(item);
    if (!row.ok()) return std::move(row).error().With({"row", std::to_string(index)});
    RowIdentity identity = IdentityOf(*row, request_.request_id + "-" + std::to_string(index));
    YARD_RETURN_IF_ERROR(ChooseArm(identity.key, identity.request_id));
    const size_t batch = BatchOf(arm_, many);
    many.places.push_back({batch, many.batches[batch].rows.size()});
    many.batches[batch].rows.push_back(std::move(identity));
    many.features[batch].emplace_back(index, row->features);
    return {};
  }

  static size_t BatchOf(const ActiveArm* arm, ManyRows& many) {
    for (size_t i = 0; i < many.batches.size(); ++i) {
      if (many.batches[i].arm == arm) return i;
    }
    many.batches.emplace_back().arm = arm;
    many.features.emplace_back();
    return many.batches.size() - 1;
  }

  base::Result<void> ScoreRows(ManyRows& many) {
    for (size_t i = 0; i < many.batches.size(); ++i) {
      arm_ = many.batches[i].arm;
      StartFrame(*arm_);
      for (const auto& [index, features] : many.features[i]) {
        YARD_RETURN_IF_ERROR(ReadFeatures(features, index));
      }
      YARD_RETURN_IF_ERROR(ScoreBatch(many.batches[i]));
    }
    return {};
  }

  static net::Response RowsResponse(const ManyRows& many) {
    std::string body;
    body.reserve(many.places.size() * 160 + 32);
    base::json::Writer writer(body);
    writer.BeginObject().Key("predictions").BeginArray();
    for (const auto& place : many.places) {
      WritePrediction(writer, many.batches[place.batch], place.row);
    }
    writer.EndArray().EndObject();
    return net::Response::Json(std::move(body));
  }

  void Account(Batch& batch) {
    target_.predictor.CountAnswer(*batch.arm, batch.rows.size(), started_);
    target_.predictor.LogRows(*batch.arm, batch.frame, batch.scored, std::move(batch.rows));
  }

  void Fail(const base::Error& error) {
    responder_.Send(PredictError(error));
    target_.predictor.CountError(routes_.endpoint(), arm_, error);
  }

  const net::Request& request_;
  const net::Responder& responder_;
  const ScoringTarget& target_;
  const Routes& routes_;
  const std::chrono::steady_clock::time_point started_;
  const base::Millis now_;
  const ActiveArm* arm_ = nullptr;
  FrameBuilder* builder_ = nullptr;  // this thread's
};

}  // namespace

void AnswerPredict(const std::shared_ptr<const net::Request>& request,
                   const net::Responder& responder, const std::string& endpoint,
                   const ScoringTarget& target) {
  const auto routes = target.find(endpoint);
  if (!routes) return responder.Send(PredictError(NoSuchEndpoint(endpoint)));
  const std::string_view body = request->body;
  if (IsCheap(*routes, body.size(), RowsInJson(*routes, body))) {
    return Prediction(*request, responder, target, *routes).Run();
  }
  const bool posted = target.executor.TryPost([request, responder, routes, &target] {
    const bool is_late = IsTooLate(*request, target.predictor.clock().Steady());
    if (is_late) return responder.Send(PredictError(TooLate()));
    Prediction(*request, responder, target, *routes).Run();
  });
  if (!posted) responder.Send(PredictError(Busy()));
}

}  // namespace yard::protocols::scoring
