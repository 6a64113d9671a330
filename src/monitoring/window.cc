#include "monitoring/window.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace yard::monitoring {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;

template <typename... Args>
std::string Format(const char* format, Args... args) {
  std::array<char, 64> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), format, args...);
  return std::string(buffer.data(), static_cast<size_t>(length));
}

int64_t FloorTo(int64_t value, int64_t step) {
  const int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

sys_days DayOf(base::Millis time) { return sys_days(days(FloorTo(time.value, kDayMs) / kDayMs)); }

base::Millis StartOf(sys_days day) {
  return base::Millis(static_cast<int64_t>(day.time_since_epoch().count()) * kDayMs);
}

struct Date {
  int year;
  unsigned month;
  unsigned day;
};

Date DateOf(sys_days day) {
  const year_month_day date(day);
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

PaneSpan HourPane(base::Millis time) {
  const base::Millis start(FloorTo(time.value, kHourMs));
  const Date date = DateOf(DayOf(time));
  const int hour = static_cast<int>((start.value - StartOf(DayOf(time)).value) / kHourMs);
  return {Format("%04d-%02u-%02uT%02d", date.year, date.month, date.day, hour), start,
          base::Millis(start.value + kHourMs)};
}

PaneSpan DayPane(base::Millis time) {
  const sys_days day = DayOf(time);
  const Date date = DateOf(day);
  return {Format("%04d-%02u-%02u", date.year, date.month, date.day), StartOf(day),
          StartOf(day + days(1))};
}

PaneSpan WeekPane(base::Millis time) {
  const sys_days day = DayOf(time);
  const unsigned from_monday = std::chrono::weekday(day).iso_encoding() - 1;
  const sys_days monday = day - days(from_monday);
  // The week belongs to the year of its Thursday.
  const sys_days thursday = monday + days(3);
  const auto year = year_month_day(thursday).year();
  const auto first = sys_days(year / std::chrono::January / 1);
  const auto number = (thursday - first).count() / 7 + 1;
  return {Format("%04d-W%02d", static_cast<int>(year), static_cast<int>(number)), StartOf(monday),
          StartOf(monday + days(7))};
}

PaneSpan MonthPane(base::Millis time) {
  const year_month_day date(DayOf(time));
  const auto month = date.year() / date.month();
  const auto next = month + std::chrono::months(1);
  return {Format("%04d-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month())),
          StartOf(sys_days(month / 1)), StartOf(sys_days(next / 1))};
}

// A moment inside the pane of that name, if it has the form of one.
std::optional<base::Millis> MomentIn(Window window, const std::string& id) {
  int year = 0, hour = 0;
  unsigned month = 1, day = 1, week = 1;
  switch (window) {
    case Window::kHour:
      if (std::sscanf(id.c_str(), "%4d-%2u-%2uT%2d", &year, &month, &day, &hour) != 4) return {};
      break;
    case Window::kDay:
      if (std::sscanf(id.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return {};
      break;
    case Window::kWeek:
      if (std::sscanf(id.c_str(), "%4d-W%2u", &year, &week) != 2) return {};
      break;
    case Window::kMonth:
      if (std::sscanf(id.c_str(), "%4d-%2u", &year, &month) != 2) return {};
      break;
  }
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok() || week < 1 || week > 53) return {};
  // The 4th of January always lies in week 1.
  const sys_days moment = window == Window::kWeek
                              ? sys_days(date.year() / std::chrono::January / 4) +
                                    days(7 * (static_cast<int>(week) - 1))
                              : sys_days(date);
  return base::Millis(StartOf(moment).value + hour * kHourMs);
}

}  // namespace

std::string_view WindowName(Window window) {
  switch (window) {
    case Window::kHour:
      return "hour";
    case Window::kDay:
      return "day";
    case Window::kWeek:
      return "week";
    case Window::kMonth:
      return "month";
  }
  return "day";
}

base::Result<Window> ParseWindow(std::string_view name) {
  for (const Window window : {Window::kHour, Window::kDay, Window::kWeek, Window::kMonth}) {
    if (WindowName(window) == name) return window;
  }
  return base::InvalidArgument("the window must be hour, day, week or month",
                               {"window", std::string(name)})
      .WithReason("unknown_window");
}

PaneSpan PaneOf(Window window, base::Millis time) {
  switch (window) {
    case Window::kHour:
      return HourPane(time);
    case Window::kDay:
      return DayPane(time);
    case Window::kWeek:
      return WeekPane(time);
    case Window::kMonth:
      return MonthPane(time);
  }
  return DayPane(time);
}

base::Result<PaneSpan> PaneOfId(Window window, std::string_view id) {
  constexpr size_t kLongest = 16;
  const std::string text(id.substr(0, kLongest));
  if (const auto moment = MomentIn(window, text)) {
    PaneSpan span = PaneOf(window, *moment);
    if (span.id == id) return span;
  }
  return base::InvalidArgument("no pane of this monitor's window has that name",
                               {"pane", std::string(id)},
                               {"window", std::string(WindowName(window))})
      .WithReason("bad_pane_id");
}

std::string TimeText(base::Millis time) {
  const sys_days day = DayOf(time);
  const Date date = DateOf(day);
  const int64_t rest = time.value - StartOf(day).value;
  return Format("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
                static_cast<int>(rest / kHourMs), static_cast<int>(rest / 60'000 % 60),
                static_cast<int>(rest / 1000 % 60), static_cast<int>(rest % 1000));
}

}  // namespace yard::monitoring
