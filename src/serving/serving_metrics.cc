#include "serving/serving_metrics.h"

namespace yard::serving {

ServingMetrics::ServingMetrics(base::Telemetry& telemetry)
    : predictions(telemetry.CounterFamily("yard_predictions_total", "Rows predicted",
                                          {"endpoint", "model", "version", "arm"})),
      durations(telemetry.HistogramFamily("yard_prediction_duration_seconds",
                                          "Time from a request to its answer", {"endpoint", "arm"},
                                          base::LatencyBuckets())),
      errors(telemetry.CounterFamily("yard_prediction_errors_total",
                                     "Prediction requests that got an error",
                                     {"endpoint", "reason"})),
      load_failures(telemetry.CounterFamily("yard_model_load_failures_total",
                                            "Model versions that an arm could not load",
                                            {"endpoint", "arm"})),
      switches(telemetry.CounterFamily("yard_arm_switches_total",
                                       "Times that an arm began to serve another version",
                                       {"endpoint", "arm"})),
      arms_serving(telemetry.GaugeFamily("yard_arm_serving",
                                         "Whether a version serves on the arm (1) or none (0)",
                                         {"endpoint", "arm"})) {}

void ServingMetrics::Remove(const std::string& endpoint) {
  for (auto* family : {&predictions, &errors, &load_failures, &switches}) {
    family->Remove("endpoint", endpoint);
  }
  durations.Remove("endpoint", endpoint);
  arms_serving.Remove("endpoint", endpoint);
}

}  // namespace yard::serving
