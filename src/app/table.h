#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace yard::app {

/// Columns of text for people, aligned; right-aligned where every cell is a number.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// The whole table with a newline at the end.
  std::string Render() const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

/// A number for a table cell: `digits` after the point, "-" for NaN.
std::string Number(double value, int digits = 3);
/// "2026-11-24 18:00:05" in UTC for milliseconds since 1970; "-" for 0.
std::string Moment(int64_t milliseconds);

}  // namespace yard::app
