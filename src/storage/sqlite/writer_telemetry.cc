#include "storage/sqlite/writer_telemetry.h"

#include <vector>

namespace yard::storage::sqlite {
namespace {

// From a fast disk's flush to a stuck one.
std::vector<double> GroupSecondsBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5};
}

}  // namespace

WriterTelemetry::WriterTelemetry(base::Telemetry* telemetry, const std::string& database_name) {
  if (telemetry == nullptr) return;
  const std::vector<std::string> names = {"database"};
  const std::vector<std::string> values = {database_name};
  functions_ = &telemetry
                    ->CounterFamily("yard_database_writes_total",
                                    "Writing functions that ran to a commit or an error.", names)
                    .With(values);
  refused_ = &telemetry
                  ->CounterFamily("yard_database_writes_refused_total",
                                  "Writing functions refused because the queue was full.", names)
                  .With(values);
  failed_groups_ = &telemetry
                        ->CounterFamily("yard_database_failed_groups_total",
                                        "Group commits that were undone whole.", names)
                        .With(values);
  group_seconds_ = &telemetry
                        ->HistogramFamily("yard_database_group_commit_seconds",
                                          "Time from the first function to the durable commit.",
                                          names, GroupSecondsBuckets())
                        .With(values);
}

void WriterTelemetry::CountGroup(size_t functions, std::chrono::nanoseconds duration,
                                 const base::Result<void>& outcome) {
  if (functions_ == nullptr) return;
  functions_->Add(static_cast<double>(functions));
  group_seconds_->Observe(std::chrono::duration<double>(duration).count());
  if (!outcome.ok()) failed_groups_->Add();
}

void WriterTelemetry::CountRefused() {
  if (refused_ != nullptr) refused_->Add();
}

}  // namespace yard::storage::sqlite
