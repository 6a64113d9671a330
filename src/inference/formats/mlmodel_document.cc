#include "inference/formats/mlmodel_document.h"

#include <array>
#include <initializer_list>
#include <sstream>
#include <string>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_mlmodel");
}

// Walks the document before a tree is made of it: yaml-cpp has no limits of its own, and an alias
// can make a small file a huge tree.
class LimitCheck : public YAML::EventHandler {
 public:
  const char* problem() const { return problem_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { Value(anchor); }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { problem_ = "aliases are not allowed"; }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                const std::string&) override {
    Value(anchor);
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(anchor);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(anchor);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void Value(YAML::anchor_t) {
    constexpr size_t kMaxValues = 100'000;
    if (++values_ > kMaxValues) problem_ = "it has too many values";
  }
  void Open(YAML::anchor_t anchor) {
    constexpr int kMaxDepth = 64;
    Value(anchor);
    if (++depth_ > kMaxDepth) problem_ = "it is nested too deeply";
  }

  const char* problem_ = nullptr;
  size_t values_ = 0;
  int depth_ = 0;
};

Result<YAML::Node> Parse(std::string_view yaml) {
  const std::string text(yaml);
  std::istringstream stream(text);
  LimitCheck check;
  YAML::Parser parser(stream);
  parser.HandleNextDocument(check);
  if (check.problem() != nullptr)
    return Malformed(std::string("the MLmodel file is refused: ") + check.problem());
  YAML::Node document = YAML::Load(text);
  if (!document.IsMap()) return Malformed("the MLmodel file is no mapping");
  return document;
}

// The text of a member; empty when there is none.
std::string TextOf(const YAML::Node& map, const char* key) {
  if (!map.IsMap()) return {};
  const YAML::Node value = map[key];
  return value.IsDefined() && value.IsScalar() ? value.Scalar() : std::string();
}

YAML::Node MapOf(const YAML::Node& map, const char* key) {
  if (!map.IsMap()) return {};
  const YAML::Node value = map[key];
  return value.IsDefined() && value.IsMap() ? value : YAML::Node();
}

std::string FirstOf(const YAML::Node& map, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (std::string text = TextOf(map, key); !text.empty()) return text;
  }
  return {};
}

struct FlavorKeys {
  const char* name;
  const char* model_path;
  const char* format;
  const char* version;
};
constexpr std::array<FlavorKeys, 5> kFlavors = {{
    {"sklearn", "pickled_model", "serialization_format", "sklearn_version"},
    {"xgboost", "data", "model_format", "xgb_version"},
    {"lightgbm", "data", "serialization_format", "lgb_version"},
    {"catboost", "data", "save_format", "catboost_version"},
    {"onnx", "data", "serialization_format", "onnx_version"},
}};

void ReadFlavor(const YAML::Node& flavors, Mlmodel& model) {
  for (const FlavorKeys& keys : kFlavors) {
    const YAML::Node flavor = MapOf(flavors, keys.name);
    if (!flavor.IsMap()) continue;
    model.flavor = keys.name;
    model.model_path = FirstOf(flavor, {keys.model_path, "data", "model_path"});
    model.serialization_format = FirstOf(flavor, {keys.format, "serialization_format"});
    model.library_version = TextOf(flavor, keys.version);
    model.model_class = TextOf(flavor, "model_class");
    return;
  }
}

void ReadPythonFunction(const YAML::Node& flavors, Mlmodel& model) {
  const YAML::Node flavor = MapOf(flavors, "python_function");
  if (!flavor.IsMap()) return;
  if (model.flavor.empty()) model.flavor = "python_function";
  if (model.model_path.empty()) model.model_path = FirstOf(flavor, {"model_path", "data"});
  if (std::string function = TextOf(flavor, "predict_fn"); !function.empty())
    model.predict_fn = std::move(function);
  model.loader_module = TextOf(flavor, "loader_module");
  model.python_version = TextOf(flavor, "python_version");
}

// What stands around the flavours.
Result<void> ReadTop(const YAML::Node& document, Mlmodel& model) {
  model.mlflow_version = TextOf(document, "mlflow_version");
  model.run_id = TextOf(document, "run_id");
  model.model_id = TextOf(document, "model_id");
  model.input_example_path = TextOf(MapOf(document, "saved_input_example_info"), "artifact_path");
  const YAML::Node signature = MapOf(document, "signature");
  YARD_ASSIGN_OR_RETURN(model.signature,
                        ParseSignature(TextOf(signature, "inputs"), TextOf(signature, "outputs")));
  return {};
}

Result<Mlmodel> ReadDocument(std::string_view yaml) {
  YARD_ASSIGN_OR_RETURN(const YAML::Node document, Parse(yaml));
  const YAML::Node flavors = MapOf(document, "flavors");
  if (!flavors.IsMap()) return Malformed("the MLmodel file names no flavours");
  Mlmodel model;
  ReadFlavor(flavors, model);
  ReadPythonFunction(flavors, model);
  YARD_RETURN_IF_ERROR(ReadTop(document, model));
  if (model.model_path.empty()) {
    return base::Unimplemented("no flavour in the MLmodel file names a model file",
                               {"flavor", model.flavor})
        .WithReason("unsupported_flavor");
  }
  return model;
}

}  // namespace

Result<Mlmodel> ReadMlmodelDocument(std::string_view yaml) {
  try {
    return ReadDocument(yaml);
  } catch (const std::exception& exception) {
    return Malformed(std::string("the MLmodel file is no YAML: ") + exception.what());
  }
}

}  // namespace yard::inference::formats
