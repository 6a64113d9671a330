#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/events.h"
#include "serving/endpoint_status.h"
#include "serving/endpoint_store.h"
#include "storage/database.h"

namespace yard::serving {

/// Writes down what happens to endpoints after it happened to the traffic, and tells the other
/// rooms. A line that cannot be stored is logged: traffic never waits for the database.
/// Thread-safe; blocks.
class EndpointJournal {
 public:
  EndpointJournal(storage::Database& database, const base::Clock& clock,
                  const base::EventBus& events)
      : database_(database), clock_(clock), events_(events) {}

  /// Stores what the arm serves now, when given, together with the event, which gets its time here.
  void Record(const std::string& endpoint, const std::optional<ArmRow>& arm, EndpointEvent event);
  /// Stores what the arm serves now.
  void Save(const std::string& endpoint, const ArmRow& arm);
  /// Tells the other rooms of an event that is stored already.
  void Announce(const std::string& endpoint, const EndpointEvent& event) const;

 private:
  storage::Database& database_;
  const base::Clock& clock_;
  const base::EventBus& events_;
};

}  // namespace yard::serving
