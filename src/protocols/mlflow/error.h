#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace yard::protocols::mlflow {

/// How MLflow's wire names a canonical code.
struct WireCode {
  std::string_view name;  // "RESOURCE_DOES_NOT_EXIST"
  int status = 500;
};
WireCode WireCodeOf(base::Code code);

/// The text that MLflow's clients know for an error, by its reason; for other reasons the error's
/// own message.
std::string WireMessage(const base::Error& error);

/// `{"error_code": ..., "message": ...}` with its status. Transient faults carry Retry-After.
net::Response ErrorResponse(const base::Error& error);

}  // namespace yard::protocols::mlflow
