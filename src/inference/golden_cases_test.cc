#include "inference/golden_cases.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "base/json/value.h"

namespace yard::inference {
namespace {

using base::json::Value;

base::Result<std::string> ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::NotFound("no such file", {"path", path.string()});
  return std::string(std::istreambuf_iterator<char>(file), {});
}

base::Result<Value> ReadJson(const std::filesystem::path& path) {
  YARD_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  return base::json::Parse(text);
}

base::Result<std::vector<double>> ReadDoubles(const std::filesystem::path& path) {
  YARD_ASSIGN_OR_RETURN(const std::string bytes, ReadText(path));
  std::vector<double> values(bytes.size() / sizeof(double));
  bytes.copy(reinterpret_cast<char*>(values.data()), values.size() * sizeof(double));
  return values;
}

Column ReadColumn(const Value& json) {
  Column column;
  column.name = std::string(json["name"].string_or(""));
  if (const auto* numbers = json["numbers"].as_array()) {
    NumberColumn cells;
    for (const Value& cell : *numbers) {
      cells.push_back(cell.number_or(std::numeric_limits<double>::quiet_NaN()));
    }
    column.cells = std::move(cells);
    return column;
  }
  TextColumn cells;
  for (const Value& cell : *json["texts"].as_array()) {
    cells.push_back(cell.is_null() ? std::nullopt : std::optional(*cell.as_string()));
  }
  column.cells = std::move(cells);
  return column;
}

Frame ReadFrame(const Value& json) {
  Frame frame;
  frame.row_count = static_cast<size_t>(json["rows"].integer_or(0));
  for (const Value& column : *json["columns"].as_array()) {
    frame.columns.push_back(ReadColumn(column));
  }
  return frame;
}

Predictions::Kind KindOf(std::string_view name) {
  static const std::map<std::string_view, Predictions::Kind> kinds = {
      {"real", Predictions::Kind::kReal},
      {"integer", Predictions::Kind::kInteger},
      {"boolean", Predictions::Kind::kBoolean},
      {"text", Predictions::Kind::kText}};
  return kinds.at(name);
}

PredictMethod MethodOf(std::string_view name) {
  if (name == "predict_proba") return PredictMethod::kPredictProba;
  return name == "default" ? PredictMethod::kDefault : PredictMethod::kPredict;
}

base::Result<GoldenAnswer> ReadAnswer(const Value& json, const std::filesystem::path& folder) {
  GoldenAnswer answer;
  answer.method = MethodOf(json["method"].string_or("predict"));
  answer.kind = KindOf(json["kind"].string_or("real"));
  answer.width = static_cast<size_t>(json["width"].integer_or(1));
  answer.is_matrix = json["is_matrix"].bool_or(false);
  answer.max_ulp = static_cast<uint64_t>(json["max_ulp"].integer_or(0));
  if (const auto* labels = json["labels"].as_array()) {
    for (const Value& label : *labels) answer.labels.push_back(*label.as_string());
    return answer;
  }
  YARD_ASSIGN_OR_RETURN(answer.values, ReadDoubles(folder / json["expected"].string_or("")));
  if (!json["bounds"].is_null()) {
    YARD_ASSIGN_OR_RETURN(answer.bounds, ReadDoubles(folder / json["bounds"].string_or("")));
  }
  return answer;
}

base::Result<GoldenCase> ReadCase(const Value& json, const std::filesystem::path& folder) {
  GoldenCase golden;
  golden.name = std::string(json["name"].string_or(""));
  golden.container = std::string(json["container"].string_or(""));
  golden.model = folder / json["model"].string_or("");
  golden.refusal = std::string(json["refusal"].string_or(""));
  YARD_ASSIGN_OR_RETURN(const Value frame, ReadJson(folder / json["frame"].string_or("")));
  golden.frame = ReadFrame(frame);
  for (const Value& answer : *json["answers"].as_array()) {
    YARD_ASSIGN_OR_RETURN(GoldenAnswer read, ReadAnswer(answer, folder));
    golden.answers.push_back(std::move(read));
  }
  return golden;
}

/// Bits in the order of the values.
uint64_t OrderedBits(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  constexpr uint64_t kSign = uint64_t{1} << 63;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

TEST(UlpsBetweenTest, CountsTheDoublesBetween) {
  EXPECT_EQ(UlpsBetween(1.0, 1.0), 0U);
  EXPECT_EQ(UlpsBetween(1.0, std::nextafter(1.0, 2.0)), 1U);
  EXPECT_EQ(UlpsBetween(-1.0, std::nextafter(-1.0, -2.0)), 1U);
  EXPECT_EQ(UlpsBetween(std::nan(""), std::nan("")), 0U);
  EXPECT_EQ(UlpsBetween(0.0, -0.0), 1U);
}

}  // namespace

base::Result<std::vector<GoldenCase>> ReadGoldenCases(const std::filesystem::path& folder) {
  YARD_ASSIGN_OR_RETURN(const Value manifest, ReadJson(folder / "manifest.json"));
  std::vector<GoldenCase> cases;
  for (const Value& json : *manifest["cases"].as_array()) {
    YARD_ASSIGN_OR_RETURN(GoldenCase golden, ReadCase(json, folder));
    cases.push_back(std::move(golden));
  }
  return cases;
}

uint64_t UlpsBetween(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return 0;
  const uint64_t x = OrderedBits(a);
  const uint64_t y = OrderedBits(b);
  return x > y ? x - y : y - x;
}

}  // namespace yard::inference
