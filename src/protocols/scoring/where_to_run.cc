#include "protocols/scoring/where_to_run.h"

#include <algorithm>

namespace yard::protocols::scoring {

namespace {

constexpr double kInlineMicroseconds = 200;
constexpr double kParseMicrosecondsPerByte = 0.01;

size_t Count(std::string_view body, char character) {
  return static_cast<size_t>(std::count(body.begin(), body.end(), character));
}

}  // namespace

size_t RowsInJson(const serving::Routes& routes, std::string_view body) {
  return Count(body, ',') / std::max<size_t>(routes.column_count(), 1) + 1;
}

size_t RowsInCsv(std::string_view body) { return Count(body, '\n') + 1; }

bool IsCheap(const serving::Routes& routes, size_t body_bytes, size_t rows) {
  const double predicting = static_cast<double>(rows) * routes.row_microseconds();
  const double parsing = static_cast<double>(body_bytes) * kParseMicrosecondsPerByte;
  return predicting + parsing < kInlineMicroseconds;
}

bool IsTooLate(const net::Request& request, std::chrono::steady_clock::time_point now) {
  const bool has_deadline = request.deadline != std::chrono::steady_clock::time_point();
  return has_deadline && now > request.deadline;
}

}  // namespace yard::protocols::scoring
