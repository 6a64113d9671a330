#include "serving/endpoint_journal.h"

#include "base/log.h"

namespace yard::serving {

namespace {

void LogFailure(const std::string& endpoint, const base::Result<void>& result) {
  if (result.ok()) return;
  base::Log(base::LogLevel::kError, "the state of an endpoint could not be stored",
            {{"endpoint", endpoint}, {"error", result.error().ToString()}});
}

}  // namespace

void EndpointJournal::Record(const std::string& endpoint, const std::optional<ArmRow>& arm,
                             EndpointEvent event) {
  event.time = clock_.Now();
  LogFailure(endpoint,
             database_.Write([&](storage::Transaction& transaction) -> base::Result<void> {
               EndpointStore store(transaction);
               if (arm) YARD_RETURN_IF_ERROR(store.SaveArm(endpoint, *arm));
               return store.AppendEvent(endpoint, event);
             }));
  Announce(endpoint, event);
}

void EndpointJournal::Save(const std::string& endpoint, const ArmRow& arm) {
  LogFailure(endpoint, database_.Write([&](storage::Transaction& transaction) {
    return EndpointStore(transaction).SaveArm(endpoint, arm);
  }));
}

void EndpointJournal::Announce(const std::string& endpoint, const EndpointEvent& event) const {
  events_.Publish(
      EndpointChanged{endpoint, event.action, event.arm, event.from, event.to, event.reason});
}

}  // namespace yard::serving
