#include "monitoring/training_data.h"

#include <string>

#include <gtest/gtest.h>

namespace yard::monitoring {
namespace {

struct SourceCase {
  std::string json;
  std::string path;  // empty: none
  std::string file_name;
};

// What MLflow's client writes into a dataset's source, and what it means here.
TEST(GuessArtifact, ReadsTheSourcesThatClientsWrite) {
  const SourceCase cases[] = {
      {R"({"uri": "/home/ann/train.parquet"})", "", "train.parquet"},
      {R"({"uri": "C:\\data\\train.csv"})", "", "train.csv"},
      {R"({"uri": "mlflow-artifacts:/1/r/artifacts/data/t.csv"})", "1/r/artifacts/data/t.csv", ""},
      {R"({"uri": "mlflow-artifacts://host:5000/1/r/artifacts/t.csv"})", "1/r/artifacts/t.csv", ""},
      {R"({"uri": "runs:/r/data/t.csv"})", "1/r/artifacts/data/t.csv", ""},
      {R"({"url": "http://h:5000/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/a%20b.csv"})",
       "1/r/artifacts/a b.csv", ""},
      {R"({"url": "https://example.org/train.csv?x=1"})", "", "train.csv"},
      {R"({"tags": {"mlflow.user": "ann"}})", "", ""},
      {"not json", "", ""},
      {"", "", ""},
  };
  for (const auto& test : cases) {
    const ArtifactGuess guess = GuessArtifact(test.json, "r", "1/r/artifacts");
    EXPECT_EQ(guess.path.value_or(""), test.path) << test.json;
    EXPECT_EQ(guess.file_name, test.file_name) << test.json;
  }
}

}  // namespace
}  // namespace yard::monitoring
