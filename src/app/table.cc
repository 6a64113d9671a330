#include "app/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace yard::app {
namespace {

// Characters a terminal shows, not bytes.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool LooksNumeric(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.+-e%") == std::string::npos;
}

std::string Padded(const std::string& text, size_t width, bool to_the_right) {
  const std::string space(width - std::min(width, Width(text)), ' ');
  return to_the_right ? space + text : text + space;
}

}  // namespace

std::string Table::Render() const {
  const size_t columns = headings_.size();
  std::vector<size_t> widths(columns);
  std::vector<char> numeric(columns, 1);
  for (size_t c = 0; c < columns; ++c) widths[c] = Width(headings_[c]);
  for (const auto& row : rows_) {
    for (size_t c = 0; c < columns && c < row.size(); ++c) {
      widths[c] = std::max(widths[c], Width(row[c]));
      if (!LooksNumeric(row[c])) numeric[c] = 0;
    }
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t c = 0; c < columns; ++c) {
      line +=
          Padded(c < cells.size() ? cells[c] : "", widths[c], numeric[c] != 0 && !rows_.empty());
      if (c + 1 < columns) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  add_line(headings_);
  for (const auto& row : rows_) add_line(row);
  return text;
}

std::string Number(double value, int digits) {
  if (std::isnan(value)) return "-";
  std::array<char, 64> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return std::string(buffer.data(), static_cast<size_t>(size));
}

std::string Moment(int64_t milliseconds) {
  if (milliseconds == 0) return "-";
  const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> buffer{};
  const size_t size = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return std::string(buffer.data(), size);
}

}  // namespace yard::app
