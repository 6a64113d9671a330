#pragma once

#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace yard::protocols::scoring {

/// The error as MLflow's scoring server writes it: {"error_code": …, "message": …}. Names of
/// columns are told, values never are.
net::Response MlflowError(const base::Error& error);

/// The error as the native API writes it: {"error": {"code", "reason", "message", "details"}}.
net::Response PredictError(const base::Error& error);

/// kNotFound, reason "endpoint_not_found".
base::Error NoSuchEndpoint(std::string_view endpoint);
/// kUnavailable, reason "model_not_loaded": come back in a moment.
base::Error NothingServes(std::string_view endpoint);
/// kUnavailable, reason "busy": too many heavy requests wait already.
base::Error Busy();
/// kDeadlineExceeded, reason "request_timeout": it waited for its turn beyond its deadline.
base::Error TooLate();

}  // namespace yard::protocols::scoring
