// Compares every estimator with what the library itself answers: for models that the installed
// scikit-learn and XGBoost make now (YARD_PYTHON), and for stored models of older releases.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "inference/golden_cases.h"

namespace yard::inference {
namespace {

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "yard-goldens-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The largest distance seen, by case name and method.
using Distances = std::map<std::string, uint64_t>;

Frame RowsOf(const Frame& frame, size_t first, size_t count) {
  Frame rows;
  rows.row_count = count;
  for (const Column& column : frame.columns) {
    rows.columns.push_back(
        {column.name, std::visit(
                          [first, count](const auto& cells) {
                            const auto begin = cells.begin() + static_cast<ptrdiff_t>(first);
                            return decltype(column.cells)(std::decay_t<decltype(cells)>(
                                begin, begin + static_cast<ptrdiff_t>(count)));
                          },
                          column.cells)});
  }
  return rows;
}

void ExpectValues(const Predictions& got, const GoldenAnswer& wanted, uint64_t& distance) {
  ASSERT_EQ(got.values.size(), wanted.values.size());
  for (size_t i = 0; i < got.values.size(); ++i) {
    const uint64_t ulps = UlpsBetween(got.values[i], wanted.values[i]);
    distance = std::max(distance, ulps);
    if (wanted.bounds.empty()) {
      ASSERT_LE(ulps, wanted.max_ulp)
          << "value " << i << ": " << got.values[i] << " instead of " << wanted.values[i];
    } else {
      ASSERT_LE(std::fabs(got.values[i] - wanted.values[i]), wanted.bounds[i]) << "value " << i;
    }
  }
}

void ExpectLabels(const Predictions& got, const GoldenAnswer& wanted) {
  ASSERT_EQ(got.values.size(), wanted.labels.size());
  for (size_t i = 0; i < got.values.size(); ++i) {
    ASSERT_EQ(got.labels.at(static_cast<size_t>(got.values[i])), wanted.labels[i]) << "row " << i;
  }
}

void ExpectAnswer(const Predictions& got, const GoldenAnswer& wanted, uint64_t& distance) {
  EXPECT_EQ(got.kind, wanted.kind);
  EXPECT_EQ(got.width, wanted.width);
  EXPECT_EQ(got.is_matrix, wanted.is_matrix);
  if (wanted.kind == Predictions::Kind::kText) return ExpectLabels(got, wanted);
  ExpectValues(got, wanted, distance);
}

/// The promise of the engine: the same bits alone as in a batch.
void ExpectSameRowByRow(const Model& model, const Frame& frame, PredictMethod method,
                        const Predictions& batch) {
  for (size_t row = 0; row < frame.row_count; ++row) {
    const auto alone = model.Predict(RowsOf(frame, row, 1), method);
    ASSERT_TRUE(alone.ok()) << alone.error().ToString();
    for (size_t i = 0; i < batch.width; ++i) {
      ASSERT_EQ(UlpsBetween(alone->values[i], batch.values[row * batch.width + i]), 0U)
          << "row " << row;
    }
  }
}

void CheckAnswers(const Model& model, const GoldenCase& golden, Distances& distances) {
  for (const GoldenAnswer& wanted : golden.answers) {
    const bool is_proba = wanted.method == PredictMethod::kPredictProba;
    SCOPED_TRACE(is_proba ? "predict_proba" : "predict");
    const auto frame = EnforceSignature(model, golden.frame);
    ASSERT_TRUE(frame.ok()) << frame.error().ToString();
    const auto got = model.Predict(*frame, wanted.method);
    ASSERT_TRUE(got.ok()) << got.error().ToString();
    ExpectAnswer(*got, wanted, distances[golden.name + (is_proba ? " proba" : "")]);
    // The container makes no difference any more: one of them is enough.
    if (golden.container == "pickle5") {
      ExpectSameRowByRow(model, *frame, wanted.method, *got);
    }
  }
}

void CheckCase(const GoldenCase& golden, Distances& distances) {
  SCOPED_TRACE(golden.name + " in " + golden.container);
  const auto model = LoadModel(golden.model);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  if (golden.refusal.empty()) return CheckAnswers(**model, golden, distances);
  const auto refused = (*model)->Predict(golden.frame, PredictMethod::kPredict);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(refused.error().reason(), golden.refusal);
}

void CheckFolder(const std::filesystem::path& folder) {
  const auto cases = ReadGoldenCases(folder);
  ASSERT_TRUE(cases.ok()) << cases.error().ToString();
  ASSERT_FALSE(cases->empty());
  Distances distances;
  for (const GoldenCase& golden : *cases) CheckCase(golden, distances);
  for (const auto& [name, ulps] : distances) {
    std::printf("  %-28s %llu ULP\n", name.c_str(), static_cast<unsigned long long>(ulps));
  }
}

TEST(EstimatorGoldenTest, AgreesWithTheInstalledLibraries) {
  const char* python = std::getenv("YARD_PYTHON");
  if (python == nullptr || *python == '\0') {
    GTEST_SKIP() << "YARD_PYTHON is not set: no library to compare with";
  }
  const TemporaryFolder folder;
  const std::string command = "OPENBLAS_NUM_THREADS=1 '" + std::string(python) + "' '" +
                              YARD_SOURCE_DIR + "/tools/make_estimator_goldens.py' '" +
                              folder.path().string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  CheckFolder(folder.path());
}

class OlderReleaseTest : public testing::TestWithParam<const char*> {};

TEST_P(OlderReleaseTest, AnswersAsTheReleaseThatWroteTheModel) {
  CheckFolder(std::filesystem::path(YARD_INFERENCE_TESTDATA) /
              (std::string("sklearn-") + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Releases, OlderReleaseTest,
                         testing::Values("1.2.2", "1.3.2", "1.5.2", "1.6.1"),
                         [](const auto& release) {
                           std::string name = release.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace yard::inference
