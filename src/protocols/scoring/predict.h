#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "net/http.h"
#include "protocols/scoring/scoring_target.h"

namespace yard::protocols::scoring {

/// The most rows of one request of POST /predict.
inline constexpr size_t kMaxPredictRows = 10'000;

/// Answers POST /predict/{endpoint} with named features:
///   {"spend": 3, …}                                            one row; key in X-Entity-Key
///   {"features": {…}, "key": "c-17", "timestamp": 870000000000, "request_id": "…"}   one row
///   {"rows": [as the line above, …]}                           up to kMaxPredictRows
/// Each row goes to the arm of its key (without a key: of its request id).
void AnswerPredict(const std::shared_ptr<const net::Request>& request,
                   const net::Responder& responder, const std::string& endpoint,
                   const ScoringTarget& target);

}  // namespace yard::protocols::scoring
