#pragma once

#include <memory>
#include <string>

#include "net/http.h"
#include "protocols/scoring/scoring_target.h"

namespace yard::protocols::scoring {

/// Answers POST …/invocations: MLflow's scoring protocol for the endpoint `endpoint`. The header
/// X-Entity-Key, else the request id, chooses the arm for all rows.
void AnswerInvocations(const std::shared_ptr<const net::Request>& request,
                       const net::Responder& responder, const std::string& endpoint,
                       const ScoringTarget& target);

}  // namespace yard::protocols::scoring
