#include "monitoring/window.h"

#include <string>

#include <gtest/gtest.h>

namespace yard::monitoring {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

struct PaneCase {
  Window window;
  int64_t time_ms;
  std::string id;
  int64_t start_ms;
  int64_t end_ms;
};

TEST(PaneOf, CutsTimeInUtc) {
  const int64_t autumn = 875'577'600'000;  // 1997-09-30
  const PaneCase cases[] = {
      {Window::kMonth, autumn, "1997-09", autumn - 29 * kDay, autumn + kDay},
      {Window::kMonth, autumn + kDay, "1997-10", autumn + kDay, autumn + 32 * kDay},
      {Window::kDay, autumn + 5, "1997-09-30", autumn, autumn + kDay},
      {Window::kHour, autumn + 13 * kHour, "1997-09-30T13", autumn + 13 * kHour,
       autumn + 14 * kHour},
      {Window::kWeek, autumn, "1997-W40", autumn - kDay, autumn + 6 * kDay},
      // 2021-01-03 is the Sunday of the last week of 2020; 1969-12-31 lies before the epoch.
      {Window::kWeek, 1'609'632'000'000, "2020-W53", 1'609'113'600'000, 1'609'718'400'000},
      {Window::kDay, -1, "1969-12-31", -kDay, 0},
      {Window::kHour, -1, "1969-12-31T23", -kHour, 0},
  };
  for (const auto& test : cases) {
    const PaneSpan span = PaneOf(test.window, base::Millis(test.time_ms));
    EXPECT_EQ(span.id, test.id);
    EXPECT_EQ(span.start.value, test.start_ms) << test.id;
    EXPECT_EQ(span.end.value, test.end_ms) << test.id;
    EXPECT_EQ(PaneOfId(test.window, test.id).value(), span);
  }
}

TEST(PaneOfId, RefusesNamesOfOtherWindows) {
  for (const char* id :
       {"", "1997", "1997-13", "1997-1", "1997-10-01", "1997-W40", "x", "1997-10 "}) {
    EXPECT_EQ(PaneOfId(Window::kMonth, id).error().reason(), "bad_pane_id") << id;
  }
  EXPECT_FALSE(PaneOfId(Window::kWeek, "1997-W54").ok());
  EXPECT_FALSE(PaneOfId(Window::kHour, "1997-10-01T24").ok());
}

TEST(TimeText, IsRfc3339) {
  EXPECT_EQ(TimeText(base::Millis(875'577'600'123)), "1997-09-30T00:00:00.123Z");
  EXPECT_EQ(TimeText(base::Millis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(ParseWindow, TakesItsOwnNames) {
  EXPECT_EQ(ParseWindow("week").value(), Window::kWeek);
  EXPECT_EQ(ParseWindow("fortnight").error().reason(), "unknown_window");
}

}  // namespace
}  // namespace yard::monitoring
