// Compares with scipy and scikit-learn at test time: see tools/make_stats_goldens.py.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stats/classification.h"
#include "stats/contingency.h"
#include "stats/distances.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/location_tests.h"
#include "stats/multiple_testing.h"
#include "stats/proportions.h"
#include "stats/samples.h"

namespace yard::stats {
namespace {

using Numbers = std::vector<double>;

struct Case {
  std::string function;
  Numbers first, second, answers;
};

Numbers ParseNumbers(const std::string& text) {
  Numbers numbers;
  const char* at = text.c_str();
  for (char* end = nullptr;; at = end) {
    const double number = std::strtod(at, &end);
    if (end == at) return numbers;
    numbers.push_back(number);
  }
}

std::vector<Case> ReadCases(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::vector<char> buffer(1 << 16);
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), got);
  }
  std::vector<Case> cases;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> parts;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '|');) parts.push_back(field);
    if (parts.size() != 4) continue;
    cases.push_back(
        {parts[0], ParseNumbers(parts[1]), ParseNumbers(parts[2]), ParseNumbers(parts[3])});
  }
  return cases;
}

Numbers Pair(const TestResult& result) { return {result.statistic, result.p_value}; }
Numbers Triple(const Estimate& estimate) {
  return {estimate.value, estimate.lower, estimate.upper};
}
std::vector<uint8_t> Outcomes(const Numbers& numbers) {
  return std::vector<uint8_t>(numbers.begin(), numbers.end());
}
size_t Count(const Numbers& numbers) { return static_cast<size_t>(numbers.at(0)); }

using Function = std::function<Numbers(const Numbers&, const Numbers&)>;

Function Ks(KsMethod method) {
  return [method](const Numbers& a, const Numbers& b) {
    return Pair(KolmogorovSmirnov(a, b, method));
  };
}
Function Chi(Divergence divergence, Correction correction) {
  return [=](const Numbers& a, const Numbers& b) {
    return Pair(ChiSquareTwoSample(a, b, divergence, correction).test);
  };
}

const std::map<std::string, Function>& Functions() {
  using Arg = const Numbers&;
  static const std::map<std::string, Function> functions = {
      {"ks_auto", Ks(KsMethod::kAuto)},
      {"ks_exact", Ks(KsMethod::kExact)},
      {"ks_asymp", Ks(KsMethod::kAsymptotic)},
      {"kstwo",
       [](Arg x, Arg n) { return Numbers{x.at(0), KolmogorovSurvival(x.at(0), n.at(0))}; }},
      {"wasserstein",
       [](Arg a, Arg b) {
         return Numbers{WassersteinSorted(SortedSample(a).values, SortedSample(b).values)};
       }},
      {"mann_whitney", [](Arg a, Arg b) { return Pair(MannWhitneyTest(a, b)); }},
      {"welch", [](Arg a, Arg b) { return Pair(WelchTest(a, b)); }},
      {"chi2_yates", Chi(Divergence::kPearson, Correction::kYates)},
      {"chi2", Chi(Divergence::kPearson, Correction::kNone)},
      {"g_test", Chi(Divergence::kLogLikelihood, Correction::kNone)},
      {"chisquare", [](Arg a, Arg b) { return Pair(ChiSquareGoodnessOfFit(a, b)); }},
      {"jensen_shannon", [](Arg a, Arg b) { return Numbers{JensenShannonDistance(a, b)}; }},
      {"kullback_leibler", [](Arg a, Arg b) { return Numbers{KullbackLeibler(a, b)}; }},
      {"benjamini_hochberg", [](Arg p, Arg) { return BenjaminiHochberg(p); }},
      {"wilson", [](Arg k, Arg n) { return Triple(WilsonInterval(Count(k), Count(n))); }},
      {"clopper_pearson",
       [](Arg k, Arg n) { return Triple(ClopperPearsonInterval(Count(k), Count(n))); }},
      {"log_loss", [](Arg s, Arg y) { return Numbers{LogLoss(s, Outcomes(y)).value}; }},
      {"brier", [](Arg s, Arg y) { return Numbers{BrierScore(s, Outcomes(y)).value}; }},
      {"roc_auc", [](Arg s, Arg y) { return Triple(RocAuc(s, Outcomes(y))); }},
  };
  return functions;
}

// Relative to 1e-9; a statistic (the first number) may also differ by rounding noise around 0.
bool Agrees(double got, double expected, size_t index) {
  if (std::isinf(expected)) return got == expected;
  const double gap = std::abs(got - expected);
  constexpr double kDenormal = 1e-300;
  return gap <= 1e-9 * std::abs(expected) || gap < kDenormal || (index == 0 && gap < 1e-14);
}

TEST(Scipy, GivesTheSameNumbersOnThousandsOfRandomCases) {
  const char* python = std::getenv("YARD_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "YARD_PYTHON is not set";
  const auto cases =
      ReadCases(std::string(python) + " " YARD_SOURCE_DIR "/tools/make_stats_goldens.py");
  ASSERT_GT(cases.size(), 15'000u);
  std::map<std::string, int> wrong;
  for (const Case& test : cases) {
    const Numbers got = Functions().at(test.function)(test.first, test.second);
    ASSERT_EQ(got.size(), test.answers.size()) << test.function;
    for (size_t i = 0; i < got.size(); ++i) {
      if (Agrees(got[i], test.answers[i], i)) continue;
      if (++wrong[test.function] > 3) continue;
      ADD_FAILURE() << test.function << " of " << test.first.size() << " and " << test.second.size()
                    << " values (" << test.first[0] << ", " << test.second[0] << "), number " << i
                    << ": " << testing::PrintToString(got[i]) << ", scipy says "
                    << testing::PrintToString(test.answers[i]);
    }
  }
  for (const auto& [function, count] : wrong) ADD_FAILURE() << function << ": " << count;
}

}  // namespace
}  // namespace yard::stats
