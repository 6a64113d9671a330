#include "inference/estimators/reading.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/estimators/graph_for_test.h"

namespace yard::inference::estimators {

using formats::Object;
using formats::ObjectKind;

const Object* GraphForTest::None() { return &graph_.New(ObjectKind::kNone); }

const Object* GraphForTest::Number(double value) {
  Object& object = graph_.New(ObjectKind::kReal);
  object.real = value;
  return &object;
}

const Object* GraphForTest::Integer(int64_t value) {
  Object& object = graph_.New(ObjectKind::kInteger);
  object.integer = value;
  return &object;
}

const Object* GraphForTest::Text(std::string value) {
  Object& object = graph_.New(ObjectKind::kString);
  object.text = std::move(value);
  return &object;
}

const Object* GraphForTest::List(std::vector<const Object*> items) {
  Object& object = graph_.New(ObjectKind::kList);
  object.items = std::move(items);
  return &object;
}

const Object* GraphForTest::Tuple(std::vector<const Object*> items) {
  Object& object = graph_.New(ObjectKind::kTuple);
  object.items = std::move(items);
  return &object;
}

const Object* GraphForTest::Symbol(std::string_view qualified_name) {
  Object& object = graph_.New(ObjectKind::kSymbol);
  const size_t dot = qualified_name.rfind('.');
  object.module = std::string(qualified_name.substr(0, dot));
  object.text = std::string(qualified_name.substr(dot + 1));
  return &object;
}

const Object* GraphForTest::Dict(const Attributes& entries) {
  Object& object = graph_.New(ObjectKind::kDict);
  for (const auto& [name, value] : entries) object.entries.emplace_back(Text(name), value);
  return &object;
}

const Object* GraphForTest::Array(std::vector<size_t> shape, const std::vector<double>& values) {
  Object& object = graph_.New(ObjectKind::kArray);
  object.array.shape = std::move(shape);
  object.array.data.assign(reinterpret_cast<const char*>(values.data()),
                           values.size() * sizeof(double));
  return &object;
}

const Object* GraphForTest::Integers(const std::vector<int64_t>& values) {
  Object& object = graph_.New(ObjectKind::kArray);
  object.array.dtype.type = formats::ScalarType::kInt64;
  object.array.shape = {values.size()};
  object.array.data.assign(reinterpret_cast<const char*>(values.data()),
                           values.size() * sizeof(int64_t));
  return &object;
}

const Object* GraphForTest::Texts(const std::vector<std::string>& values) {
  Object& object = graph_.New(ObjectKind::kObjectArray);
  object.array.shape = {values.size()};
  for (const std::string& value : values) object.items.push_back(Text(value));
  return &object;
}

Object& GraphForTest::EmptyInstance(std::string_view qualified_name) {
  Object& object = graph_.New(ObjectKind::kInstance);
  object.symbol = Symbol(qualified_name);
  return object;
}

const Object* GraphForTest::Instance(std::string_view qualified_name,
                                     const Attributes& attributes) {
  Object& object = EmptyInstance(qualified_name);
  object.state = Dict(attributes);
  return &object;
}

const Object* GraphForTest::Tree(const std::vector<Node>& nodes, int64_t feature_count) {
  Object& records = graph_.New(ObjectKind::kArray);
  using formats::ScalarType;
  records.array.dtype.fields = {{"left_child", ScalarType::kInt64, 0},
                                {"right_child", ScalarType::kInt64, 8},
                                {"feature", ScalarType::kInt64, 16},
                                {"threshold", ScalarType::kFloat64, 24}};
  records.array.dtype.item_size = 32;
  records.array.shape = {nodes.size()};
  std::vector<double> values;
  for (const Node& node : nodes) {
    for (const int64_t field : {node.left, node.right, node.feature}) {
      records.array.data.append(reinterpret_cast<const char*>(&field), sizeof(field));
    }
    records.array.data.append(reinterpret_cast<const char*>(&node.threshold), sizeof(double));
    values.push_back(node.value);
  }
  const Object* tree =
      Instance("sklearn.tree._tree.Tree",
               {{"nodes", &records}, {"values", Array({nodes.size(), 1, 1}, values)}});
  return Instance("sklearn.tree._classes.DecisionTreeRegressor",
                  {{"tree_", tree},
                   {"n_features_in_", Integer(feature_count)},
                   {"n_outputs_", Integer(1)},
                   {"_sklearn_version", Text("1.9.1")}});
}

namespace {

using testing::ElementsAre;
using testing::Field;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class ReadingTest : public testing::Test {
 protected:
  base::Result<PredictorPtr> Read(const Object* root) { return reading_.ReadPredictor(*root, ""); }

  const Object* Scaler(std::vector<double> mean) {
    const size_t width = mean.size();
    return graph_.Instance("sklearn.preprocessing._data.StandardScaler",
                           {{"n_features_in_", graph_.Integer(2)},
                            {"mean_", graph_.Array({width}, mean)},
                            {"scale_", graph_.Array({2}, {1, 2})}});
  }
  const Object* Linear(std::vector<double> coefficients) {
    const size_t width = coefficients.size();
    return graph_.Instance(
        "sklearn.linear_model._base.LinearRegression",
        {{"coef_", graph_.Array({width}, coefficients)}, {"intercept_", graph_.Number(0.5)}});
  }
  const Object* Pipeline(std::vector<const Object*> estimators) {
    std::vector<const Object*> steps;
    for (const Object* estimator : estimators) {
      steps.push_back(
          graph_.Tuple({graph_.Text("step" + std::to_string(steps.size())), estimator}));
    }
    return graph_.Instance("sklearn.pipeline.Pipeline", {{"steps", graph_.List(steps)}});
  }

  GraphForTest graph_;
  Reading reading_;
};

TEST_F(ReadingTest, NamesTheStepAndTheClassItCannotRead) {
  const auto read = Read(
      Pipeline({graph_.Instance("__main__.MyTransformer", {}), Scaler({0, 0}), Linear({1, 2})}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kUnimplemented);
  EXPECT_EQ(read.error().detail("step"), "steps[0].step0");
  EXPECT_EQ(read.error().detail("class"), "__main__.MyTransformer");
}

TEST_F(ReadingTest, ListsEveryPartInOrderAlsoAfterOneThatItCannotRead) {
  const auto read = Read(
      Pipeline({graph_.Instance("__main__.MyTransformer", {}), Scaler({0, 0}), Linear({1, 2})}));
  EXPECT_FALSE(read.ok());
  EXPECT_THAT(
      reading_.parts(),
      ElementsAre(Field(&Part::path, "model"), Field(&Part::path, "steps[0].step0"),
                  Field(&Part::path, "steps[1].step1"), Field(&Part::path, "steps[2].step2")));
  EXPECT_THAT(reading_.parts(),
              ElementsAre(Field(&Part::supported, true), Field(&Part::supported, false),
                          Field(&Part::supported, true), Field(&Part::supported, true)));
}

TEST_F(ReadingTest, CaresForNoSymbolOffTheNeededPath) {
  const Object* linear = graph_.Instance(
      "sklearn.linear_model._base.LinearRegression",
      {{"coef_", graph_.Array({1}, {2})},
       {"intercept_", graph_.Number(0)},
       {"_rng", graph_.Instance("posix.system", {{"x", graph_.Text("touch marker")}})}});
  EXPECT_TRUE(Read(linear).ok());
}

TEST_F(ReadingTest, RefusesAPipelineInsideItself) {
  Object& pipeline = graph_.EmptyInstance("sklearn.pipeline.Pipeline");
  const Object* steps = graph_.List({graph_.Tuple({graph_.Text("again"), &pipeline}),
                                     graph_.Tuple({graph_.Text("twice"), &pipeline})});
  pipeline.state = graph_.Dict({{"steps", steps}});
  const auto read = Read(&pipeline);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kResourceExhausted);
}

TEST_F(ReadingTest, RefusesATransformerWhereAModelBelongs) {
  const auto read = Read(Scaler({0, 0}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kUnimplemented);
}

TEST_F(ReadingTest, RefusesArraysThatDisagreeInLength) {
  const auto read = Read(Pipeline({Scaler({0, 0, 0}), Linear({1, 2})}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(read.error().detail("attribute"), "mean_");
}

TEST_F(ReadingTest, RefusesAFunctionThatIsCode) {
  const Object* function =
      graph_.Instance("sklearn.preprocessing._function_transformer.FunctionTransformer",
                      {{"func", graph_.Symbol("__main__.clean")}});
  const auto read = Read(Pipeline({function, Linear({1, 2})}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().reason(), "unsupported_function");
  EXPECT_EQ(read.error().detail("step"), "steps[0].step0");
}

TEST_F(ReadingTest, RefusesASelectedColumnOutOfRange) {
  const Object* transformer = graph_.Instance(
      "sklearn.compose._column_transformer.ColumnTransformer",
      {{"n_features_in_", graph_.Integer(2)},
       {"transformers_", graph_.List({graph_.Tuple({graph_.Text("a"), graph_.Text("passthrough"),
                                                    graph_.Integers({0, 2})})})}});
  const auto read = Read(Pipeline({transformer, Linear({1, 2})}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kInvalidArgument);
}

struct HostileNodes {
  const char* name;
  std::vector<GraphForTest::Node> nodes;
};

class HostileFileTest : public testing::TestWithParam<HostileNodes> {};

TEST_P(HostileFileTest, IsRefusedAtLoad) {
  GraphForTest graph;
  Reading reading;
  const auto read = reading.ReadPredictor(*graph.Tree(GetParam().nodes, 2), "");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(read.error().detail("step"), "model");
}

INSTANTIATE_TEST_SUITE_P(
    Trees, HostileFileTest,
    testing::Values(HostileNodes{"empty", {}},
                    HostileNodes{"child_of_minus_seven", {{-7, 1, 0, 0.5, 0}, {}}},
                    HostileNodes{"child_of_two_to_62", {{int64_t{1} << 62, 1, 0, 0.5, 0}, {}}},
                    HostileNodes{"child_wraps_around",
                                 {{(int64_t{1} << 32) + 1, 1, 0, 0.5, 0}, {}}},
                    HostileNodes{"cycle", {{1, 0, 0, 0.5, 0}, {}}},
                    HostileNodes{"feature_out_of_range", {{1, 2, 2, 0.5, 0}, {}, {}}},
                    HostileNodes{"negative_feature", {{1, 2, -3, 0.5, 0}, {}, {}}},
                    HostileNodes{"threshold_nan", {{1, 2, 0, kNan, 0}, {}, {}}}),
    [](const auto& hostile) { return std::string(hostile.param.name); });

TEST(TreeFileTest, MayHaveLeavesThatAreNotNumbers) {
  GraphForTest graph;
  Reading reading;
  EXPECT_TRUE(
      reading.ReadPredictor(*graph.Tree({{1, 2, 0, 0.5, 0}, {.value = kNan}, {}}, 2), "").ok());
}

TEST(SklearnVersionTest, ComparesReleases) {
  GraphForTest graph;
  const Object* estimator = graph.Instance("x.Y", {{"_sklearn_version", graph.Text("1.10.dev0")}});
  EXPECT_FALSE(VersionOf(*estimator).IsBefore(1, 4));
  EXPECT_FALSE(VersionOf(*estimator).IsBefore(1, 10));
  EXPECT_TRUE(VersionOf(*estimator).IsBefore(2, 0));
  const Object* old = graph.Instance("x.Y", {{"_sklearn_version", graph.Text("0.24.2")}});
  EXPECT_TRUE(VersionOf(*old).IsBefore(1, 3));
}

}  // namespace
}  // namespace yard::inference::estimators
