// How fast forests are walked. `./yard bench models` runs this next to scikit-learn on one model.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "inference/engines/forest.h"
#include "inference/model.h"

namespace yard::inference {
namespace {

constexpr size_t kFeatureCount = 30;

/// A tree that splits every node down to `depth`, at the middle of a random feature.
engines::Tree FullTree(uint32_t depth, std::mt19937_64& random) {
  const uint32_t node_count = (1U << (depth + 1)) - 1;
  std::normal_distribution<double> normal(0, 0.5);
  engines::Tree tree;
  tree.value_width = 2;
  for (uint32_t i = 0; i < node_count; ++i) {
    const bool is_leaf = 2 * i + 1 >= node_count;
    tree.left.push_back(is_leaf ? engines::kNoChild : 2 * i + 1);
    tree.right.push_back(is_leaf ? engines::kNoChild : 2 * i + 2);
    tree.feature.push_back(static_cast<uint32_t>(random() % kFeatureCount));
    tree.threshold.push_back(normal(random));
    tree.missing_left.push_back(0);
    tree.values.insert(tree.values.end(), {0.25, 0.75});
  }
  return tree;
}

engines::Forest<float> RandomForest(int64_t tree_count, int64_t depth) {
  std::mt19937_64 random(1);
  engines::ForestBuilder<float> builder(kFeatureCount, 2);
  for (int64_t i = 0; i < tree_count; ++i) {
    if (!builder.Add(FullTree(static_cast<uint32_t>(depth), random)).ok()) std::abort();
  }
  return std::move(builder).Build();
}

std::vector<float> RandomRows(size_t row_count) {
  std::mt19937_64 random(2);
  std::normal_distribution<float> normal;
  std::vector<float> rows(row_count * (kFeatureCount + 1), std::nanf(""));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i % (kFeatureCount + 1) != kFeatureCount) rows[i] = normal(random);
  }
  return rows;
}

/// Trees, depth, rows a call. One row a call takes another row every time.
void WalkForest(benchmark::State& state) {
  constexpr size_t kRowCount = 4096;
  const engines::Forest<float> forest = RandomForest(state.range(0), state.range(1));
  const auto rows_per_call = static_cast<size_t>(state.range(2));
  const std::vector<float> rows = RandomRows(kRowCount);
  std::vector<double> sums(2 * rows_per_call);
  size_t first = 0;
  for (auto _ : state) {
    const auto block = std::span(rows).subspan(first * forest.row_stride());
    forest.AddLeaves(block.first(rows_per_call * forest.row_stride()), rows_per_call, sums);
    benchmark::DoNotOptimize(sums.data());
    first = (first + rows_per_call) % kRowCount;
  }
  state.SetItemsProcessed(state.iterations() * state.range(2));
}
BENCHMARK(WalkForest)
    ->ArgNames({"trees", "depth", "rows"})
    ->Args({100, 6, 1})
    ->Args({100, 10, 1})
    ->Args({100, 10, 2048})
    ->Args({500, 14, 1})
    ->Args({500, 14, 2048});

Frame FrameOf(size_t feature_count, size_t row_count, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  Frame frame;
  frame.row_count = row_count;
  for (size_t i = 0; i < feature_count; ++i) {
    NumberColumn cells(row_count);
    for (double& cell : cells) cell = normal(random);
    frame.columns.push_back({"", std::move(cells)});
  }
  return frame;
}

/// The model file in YARD_BENCH_MODEL, the whole way from frame to answer. One row a call takes
/// another row every time.
void PredictModelFile(benchmark::State& state) {
  const char* path = std::getenv("YARD_BENCH_MODEL");
  if (path == nullptr) return state.SkipWithError("YARD_BENCH_MODEL is not set");
  const auto model = LoadModel(path);
  if (!model.ok()) return state.SkipWithError(model.error().ToString().c_str());
  const auto row_count = static_cast<size_t>(state.range(0));
  std::mt19937_64 random(2);
  std::vector<Frame> frames;
  for (int i = 0; i < (row_count == 1 ? 1024 : 1); ++i) {
    frames.push_back(FrameOf((*model)->description().feature_count, row_count, random));
  }
  size_t next = 0;
  for (auto _ : state) {
    const auto answer = (*model)->Predict(frames[next], PredictMethod::kPredictProba);
    if (!answer.ok()) return state.SkipWithError(answer.error().ToString().c_str());
    benchmark::DoNotOptimize(answer->values.data());
    next = (next + 1) % frames.size();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(PredictModelFile)->ArgName("rows")->Arg(1)->Arg(10'000);

}  // namespace
}  // namespace yard::inference
