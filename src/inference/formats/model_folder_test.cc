#include "inference/formats/model_folder.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/golden_files_test.h"

namespace yard::inference::formats {
namespace {

using testing_support::ScratchFolder;

constexpr char kSklearn[] = R"(flavors:
  python_function:
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict_proba
    python_version: 3.11.2
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
model_id: m-1
run_id: abc
signature:
  inputs: '[{"type": "double", "name": "amount", "required": true}, {"type": "string", "name": "city", "required": false}]'
  outputs: '[{"type": "long", "required": true}]'
  params: null
)";

constexpr char kXgboost[] = R"(flavors:
  python_function:
    data: model.ubj
    loader_module: mlflow.xgboost
  xgboost:
    data: model.ubj
    model_class: xgboost.sklearn.XGBClassifier
    model_format: ubj
    xgb_version: 3.2.0
)";

void Write(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

TEST(MlmodelTest, ReadsAnSklearnModel) {
  const auto model = ParseMlmodel(kSklearn);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_EQ(model->flavor, "sklearn");
  EXPECT_EQ(model->model_path, "model.pkl");
  EXPECT_EQ(model->serialization_format, "cloudpickle");
  EXPECT_EQ(model->predict_fn, "predict_proba");
  EXPECT_EQ(model->library_version, "1.9.1");
  EXPECT_EQ(model->mlflow_version, "3.17.2");
  EXPECT_TRUE(model->signature.declared);
  ASSERT_EQ(model->signature.inputs.size(), 2U);
  EXPECT_EQ(model->signature.inputs[0].type, DataType::kDouble);
  EXPECT_FALSE(model->signature.inputs[1].required);
  EXPECT_EQ(model->signature.outputs.size(), 1U);
}

TEST(MlmodelTest, ReadsAnXgboostModel) {
  const auto model = ParseMlmodel(kXgboost);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_EQ(model->flavor, "xgboost");
  EXPECT_EQ(model->model_path, "model.ubj");
  EXPECT_EQ(model->model_class, "xgboost.sklearn.XGBClassifier");
  EXPECT_EQ(model->serialization_format, "ubj");
  EXPECT_EQ(model->predict_fn, "predict");
  EXPECT_FALSE(model->signature.declared);
}

TEST(MlmodelTest, LeavesATensorSignatureUndeclared) {
  const auto model = ParseMlmodel(
      std::string(kXgboost) +
      "signature:\n  inputs: '[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float64\", "
      "\"shape\": [-1, 4]}}]'\n");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_FALSE(model->signature.declared);
}

TEST(MlmodelTest, RefusesWhatIsNoMlmodel) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += '[';
  std::string laughs = "a: &a [x]\n";
  for (char c = 'b'; c < 'z'; ++c)
    laughs += std::string{c} + ": &" + c + " [*" + static_cast<char>(c - 1) + ", *" +
              static_cast<char>(c - 1) + "]\n";
  const std::string texts[] = {"",
                               "x",
                               "flavors: 5",
                               "flavors: {}",
                               "a: [",
                               "\t- : :",
                               deep,
                               laughs,
                               "flavors: {sklearn: {}}",
                               std::string(kXgboost) + "signature: {inputs: '[{\"type\": 5}]'}\n"};
  for (const std::string& text : texts) EXPECT_FALSE(ParseMlmodel(text).ok()) << text.substr(0, 50);
}

TEST(MlmodelTest, NamesAFlavourWithoutAModelFile) {
  const auto model = ParseMlmodel("flavors: {python_function: {loader_module: x}}");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code(), base::Code::kUnimplemented);
  EXPECT_EQ(model.error().detail("flavor"), "python_function");
}

TEST(ModelFolderTest, FindsTheModelAndItsExample) {
  const ScratchFolder scratch;
  Write(scratch.path() / "MLmodel", kSklearn);
  Write(scratch.path() / "model.pkl", "x");
  Write(scratch.path() / "serving_input_example.json", "{}");
  const auto folder = ReadModelFolder(scratch.path());
  ASSERT_TRUE(folder.ok()) << folder.error().ToString();
  EXPECT_EQ(folder->model_file.filename(), "model.pkl");
  EXPECT_EQ(folder->input_example_json.value_or("?"), "{}");
}

TEST(ModelFolderTest, RefusesPathsThatLeadOut) {
  const ScratchFolder outside;
  Write(outside.path() / "secret", "x");
  const std::string secret = (outside.path() / "secret").string();
  for (const std::string& path : {std::string("../secret"), secret, std::string("a/../../secret"),
                                  std::string("..\\\\secret"), std::string("link")}) {
    const ScratchFolder scratch;
    std::filesystem::create_symlink(secret, scratch.path() / "link");
    Write(scratch.path() / "MLmodel", "flavors: {sklearn: {pickled_model: \"" + path + "\"}}");
    const auto folder = ReadModelFolder(scratch.path());
    ASSERT_FALSE(folder.ok()) << path;
    EXPECT_EQ(folder.error().reason(), "outside_folder") << path;
  }
}

TEST(ModelFolderTest, NamesAMissingFile) {
  const ScratchFolder scratch;
  EXPECT_EQ(ReadModelFolder(scratch.path()).error().code(), base::Code::kNotFound);
  Write(scratch.path() / "MLmodel", kSklearn);
  EXPECT_EQ(ReadModelFolder(scratch.path()).error().code(), base::Code::kNotFound);
}

}  // namespace
}  // namespace yard::inference::formats
