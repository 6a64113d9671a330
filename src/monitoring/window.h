#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace yard::monitoring {

/// How long a pane is. All in UTC; weeks are ISO 8601 weeks and begin on Monday.
enum class Window { kHour, kDay, kWeek, kMonth };

/// "hour", "day", "week" or "month".
std::string_view WindowName(Window window);
/// Errors: kInvalidArgument, reason "unknown_window" (detail "window").
base::Result<Window> ParseWindow(std::string_view name);

/// A stretch of event time: start <= t < end.
struct PaneSpan {
  std::string id;  // "1997-10-05T13", "1997-10-05", "1997-W40" or "1997-10"
  base::Millis start;
  base::Millis end;

  friend bool operator==(const PaneSpan&, const PaneSpan&) = default;
};

/// The pane that `time` belongs to. Any time between the years 1 and 9999.
PaneSpan PaneOf(Window window, base::Millis time);
/// The pane of that name. Errors: kInvalidArgument, reason "bad_pane_id" (detail "pane").
base::Result<PaneSpan> PaneOfId(Window window, std::string_view id);

/// "1997-10-05T13:00:00.000Z".
std::string TimeText(base::Millis time);

}  // namespace yard::monitoring
