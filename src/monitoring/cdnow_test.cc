// Real customers: the purchases of CDNOW from 1997 to 1998, features at each month's end against
// those at 1997-09-30, by tools/make_stats_goldens.py. What drifts there is known.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitoring/baseline.h"
#include "monitoring/comparison.h"
#include "monitoring/tally.h"

namespace yard::monitoring {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

struct Golden {
  std::string month;  // "1997-10", or "reference"
  std::string feature;
  std::vector<double> values;
  double statistic;
  double p_value;
};

std::vector<double> Numbers(const std::string& text) {
  std::vector<double> numbers;
  const char* at = text.c_str();
  for (char* end = nullptr;; at = end) {
    const double number = std::strtod(at, &end);
    if (end == at) return numbers;
    numbers.push_back(number);
  }
}

std::string Output(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::vector<char> buffer(1 << 16);
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), got);
  }
  return text;
}

std::vector<Golden> ReadGoldens(const std::string& python) {
  const std::string find_data = "$(" + python +
                                " -c 'import importlib.util as u, pathlib; "
                                "print(pathlib.Path(u.find_spec(\"lifetimes\").origin).parent / "
                                "\"datasets/CDNOW_master.txt\")')";
  const std::string text =
      Output(python + " " YARD_SOURCE_DIR "/tools/make_stats_goldens.py cdnow " + find_data);
  std::vector<Golden> goldens;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> parts;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '|');) parts.push_back(field);
    const size_t blank = parts.at(0).find(' ');
    const auto answers = Numbers(parts.at(3));
    goldens.push_back({parts[0].substr(0, blank), parts[0].substr(blank + 1), Numbers(parts[1]),
                       answers.at(0), answers.size() > 1 ? answers[1] : 0});
  }
  return goldens;
}

class CdnowTest : public testing::Test {
 protected:
  // Python takes seconds to answer: once for the suite.
  static void SetUpTestSuite() {
    const char* python = std::getenv("YARD_PYTHON");
    if (python == nullptr || !months_.empty()) return;
    for (auto& golden : ReadGoldens(python)) {
      if (golden.month == "reference") {
        references_[golden.feature] =
            MakeReferenceColumn({golden.feature, std::move(golden.values)});
      } else {
        months_[golden.month].push_back(std::move(golden));
      }
    }
  }

  void SetUp() override {
    if (std::getenv("YARD_PYTHON") == nullptr) GTEST_SKIP() << "YARD_PYTHON is not set";
    ASSERT_EQ(references_.size(), 7u);
    ASSERT_EQ(months_.size(), 6u);
  }

  std::vector<FeatureReport> Month(const std::vector<Golden>& goldens) const {
    std::vector<FeatureReport> reports;
    for (const Golden& golden : goldens) {
      Tally tally(references_.at(golden.feature));
      for (const double value : golden.values) tally.AddNumber(value);
      reports.push_back(Compare(tally, 0.05));
    }
    Judge(reports, MonitorSettings());
    return reports;
  }

  static inline std::map<std::string, ReferenceColumn> references_;
  static inline std::map<std::string, std::vector<Golden>> months_;
};

TEST_F(CdnowTest, GivesTheNumbersOfScipyForEveryMonthAndFeature) {
  for (const auto& [month, goldens] : months_) {
    const auto reports = Month(goldens);
    for (size_t i = 0; i < goldens.size(); ++i) {
      const std::string which = month + " " + goldens[i].feature;
      EXPECT_NEAR(reports[i].ks.statistic, goldens[i].statistic, 1e-12) << which;
      EXPECT_LE(std::abs(reports[i].ks.p_value - goldens[i].p_value), 1e-9 * goldens[i].p_value)
          << which << " " << reports[i].ks.p_value << " " << goldens[i].p_value;
    }
  }
}

TEST_F(CdnowTest, FindsTheDriftThatIsThereAndNoOther) {
  for (const auto& [month, goldens] : months_) {
    std::vector<std::string> drifted;
    for (const auto& report : Month(goldens)) {
      if (report.verdict == Verdict::kDrift) drifted.push_back(report.name);
      if (report.name == "avg_order_value" || report.name == "last_order_value") {
        EXPECT_LT(report.ks.statistic, 0.03) << month << " " << report.name;
      }
      if (report.name == "tenure_days" || report.name == "recency_days") {
        EXPECT_GT(report.ks.statistic, 0.26) << month << " " << report.name;
      }
    }
    EXPECT_THAT(drifted, IsSupersetOf({"tenure_days", "recency_days"})) << month;
    EXPECT_THAT(drifted, Not(Contains("avg_order_value"))) << month;
    EXPECT_THAT(drifted, Not(Contains("last_order_value"))) << month;
  }
}

}  // namespace
}  // namespace yard::monitoring
