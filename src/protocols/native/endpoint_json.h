#pragma once

#include <string>
#include <vector>

#include "base/json/writer.h"
#include "serving/endpoint_status.h"
#include "serving/prediction_log.h"
#include "serving/serving_service.h"

namespace yard::protocols::native {

// The JSON of endpoints. Times are milliseconds since 1970.

void WriteEndpoint(base::json::Writer& writer, const serving::EndpointStatus& endpoint);
std::string EndpointsJson(const std::vector<serving::EndpointStatus>& endpoints);
std::string RolledBackJson(const serving::RolledBack& done);
std::string HistoryJson(const std::vector<serving::EndpointEvent>& events);
std::string TrafficJson(const std::vector<serving::ArmTrafficPoint>& points);
std::string PredictionsJson(const std::vector<serving::PredictionRecord>& records);

}  // namespace yard::protocols::native
