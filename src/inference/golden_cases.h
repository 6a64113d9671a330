#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/model.h"

/// Reads what tools/make_estimator_goldens.py wrote. For tests only.
namespace yard::inference {

/// What a library answered with one method.
struct GoldenAnswer {
  PredictMethod method = PredictMethod::kPredict;
  Predictions::Kind kind = Predictions::Kind::kReal;
  size_t width = 1;
  bool is_matrix = false;
  uint64_t max_ulp = 0;
  std::vector<double> values;
  std::vector<double> bounds;       // absolute, one a value; empty when max_ulp decides
  std::vector<std::string> labels;  // kText
};

struct GoldenCase {
  std::string name;
  std::string container;
  std::filesystem::path model;
  Frame frame;
  std::string refusal;  // reason token of the error that is expected instead of answers
  std::vector<GoldenAnswer> answers;
};

/// Every case of `folder`/manifest.json.
base::Result<std::vector<GoldenCase>> ReadGoldenCases(const std::filesystem::path& folder);

/// Doubles between two values; equal for two NaN.
uint64_t UlpsBetween(double a, double b);

}  // namespace yard::inference
