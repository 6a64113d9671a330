#include "inference/model.h"

#include <charconv>
#include <exception>
#include <limits>
#include <new>
#include <system_error>
#include <utility>

#include "inference/estimators/attributes.h"
#include "inference/estimators/reading.h"
#include "inference/estimators/xgboost_estimator.h"
#include "inference/formats/model_folder.h"
#include "inference/formats/open_file.h"
#include "inference/predictor_model.h"
#include "inference/xgboost/xgboost_model.h"

namespace yard::inference {
namespace {

using estimators::BoosterApi;
using estimators::Classes;
using estimators::FittedColumns;
using estimators::PredictorPtr;
using formats::FileFormat;
using formats::Mlmodel;
using formats::Object;

/// A file or folder that was read as far as possible.
struct Opened {
  Description description;
  Signature signature;
  DefaultAnswer default_answer = DefaultAnswer::kPredict;
  base::Result<PredictorPtr> root = base::Internal("not read");
};

/// Where the model file is, and what the folder around it says.
struct Source {
  std::filesystem::path file;
  Mlmodel mlmodel;  // empty for a single file
  std::optional<std::string> input_example_json;
};

base::Result<Source> FindSource(const std::filesystem::path& path) {
  std::error_code ignored;
  Source source;
  if (!std::filesystem::is_directory(path, ignored)) {
    source.file = path;
    return source;
  }
  YARD_ASSIGN_OR_RETURN(formats::ModelFolder folder, formats::ReadModelFolder(path));
  source.file = std::move(folder.model_file);
  source.mlmodel = std::move(folder.mlmodel);
  source.input_example_json = std::move(folder.input_example_json);
  return source;
}

base::Result<DefaultAnswer> DefaultAnswerOf(const Mlmodel& mlmodel) {
  if (mlmodel.model_class == "xgboost.core.Booster") return DefaultAnswer::kObjectiveOutput;
  if (mlmodel.predict_fn == "predict_proba") return DefaultAnswer::kPredictProba;
  if (mlmodel.predict_fn.empty() || mlmodel.predict_fn == "predict") return DefaultAnswer::kPredict;
  return base::Unimplemented("the model was logged with a predict_fn that is not supported",
                             {"predict_fn", mlmodel.predict_fn})
      .WithReason("unsupported_predict_fn");
}

/// A pipeline or a search has no columns of its own: its first step has.
const Object& FirstStep(const Object& estimator) {
  const Object* step = &estimator;
  for (int depth = 0; depth < 32; ++depth) {
    const Object* next = formats::FindAttribute(*step, "best_estimator_");
    const Object* steps = formats::FindAttribute(*step, "steps");
    if (steps != nullptr) {
      for (const Object* pair : steps->items) {
        if (pair->items.size() != 2 || !pair->items[1]->is(formats::ObjectKind::kInstance))
          continue;
        next = pair->items[1];
        break;
      }
    }
    if (next == nullptr || !next->is(formats::ObjectKind::kInstance)) break;
    step = next;
  }
  return *step;
}

FittedColumns ColumnsOf(const Object& root) {
  const Object& first = FirstStep(root);
  FittedColumns columns;
  columns.names = estimators::FeatureNames(first).value_or(std::vector<std::string>());
  columns.count = estimators::FeatureCount(first).value_or(columns.names.size());
  if (columns.names.size() != columns.count) columns.names.clear();
  return columns;
}

std::string ClassText(const Classes& classes, size_t index) {
  if (classes.kind == Predictions::Kind::kText) return classes.texts[index];
  const double number = classes.numbers[index];
  if (classes.kind == Predictions::Kind::kBoolean) return number != 0 ? "true" : "false";
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), number).ptr};
}

void DescribeClasses(const Classes* classes, Description& description) {
  if (classes == nullptr) return;
  description.is_classifier = true;
  for (size_t i = 0; i < classes->size(); ++i) {
    description.classes.push_back(ClassText(*classes, i));
  }
}

std::string VersionText(const Object& root) {
  const Object* version = formats::FindAttribute(FirstStep(root), "_sklearn_version");
  return version != nullptr && version->is(formats::ObjectKind::kString) ? version->text : "";
}

void DescribeColumns(FittedColumns columns, Description& description) {
  description.feature_count = columns.count;
  description.feature_names = std::move(columns.names);
}

/// A pickle, joblib or skops file.
base::Result<void> OpenGraph(std::string_view bytes, FileFormat format, Opened& opened) {
  YARD_ASSIGN_OR_RETURN(const formats::ObjectGraph graph, formats::ReadObjects(bytes, format));
  estimators::Reading reading;
  opened.root = reading.ReadPredictor(graph.root(), "");
  Description& description = opened.description;
  description.parts = reading.parts();
  if (description.flavor.empty()) description.flavor = "sklearn";
  if (description.library_version.empty()) description.library_version = VersionText(graph.root());
  DescribeColumns(ColumnsOf(graph.root()), description);
  return {};
}

BoosterApi ApiOf(DefaultAnswer answer) {
  return answer == DefaultAnswer::kObjectiveOutput ? BoosterApi::kBooster
                                                   : BoosterApi::kScikitLearn;
}

/// A model file of XGBoost itself. Without a wrapper class around it, it answers like the
/// scikit-learn wrapper: labels for classification objectives.
void OpenBooster(std::string_view bytes, FileFormat format, std::string class_name,
                 Opened& opened) {
  if (class_name.empty()) class_name = "xgboost.core.Booster";
  opened.description.parts = {{"model", class_name, true, ""}};
  if (opened.description.flavor.empty()) opened.description.flavor = "xgboost";
  auto model = format == FileFormat::kXgboostJson ? xgboost::XgboostModel::FromJson(bytes)
                                                  : xgboost::XgboostModel::FromUbjson(bytes);
  if (!model.ok()) {
    opened.description.parts[0].supported = false;
    opened.description.parts[0].problem = model.error().message();
    opened.root =
        std::move(model).error().With({"step", "model"}).With({"class", std::move(class_name)});
    return;
  }
  if (opened.description.library_version.empty()) {
    opened.description.library_version = model->version();
  }
  auto classes = class_name.ends_with("Regressor") ? std::optional<Classes>()
                                                   : estimators::XgboostClasses(*model);
  opened.root = estimators::MakeXgboostPredictor(
      std::move(model).value(), ApiOf(opened.default_answer),
      std::numeric_limits<double>::quiet_NaN(), std::move(classes));
}

/// A file that is recognised but has no reader: one part that says why.
Opened Unreadable(Opened opened, base::Error error) {
  opened.description.parts = {{"model", opened.description.format, false, error.message()}};
  opened.root = std::move(error);
  return opened;
}

base::Result<Opened> Open(const std::filesystem::path& path) {
  YARD_ASSIGN_OR_RETURN(Source source, FindSource(path));
  Opened opened;
  const Mlmodel& mlmodel = source.mlmodel;
  opened.signature = mlmodel.signature;
  opened.description.flavor = mlmodel.flavor;
  opened.description.library_version = mlmodel.library_version;
  opened.description.input_example_json = std::move(source.input_example_json);
  YARD_ASSIGN_OR_RETURN(const std::string bytes, formats::ReadModelFile(source.file));
  const FileFormat format = formats::DetectFormat(bytes);
  opened.description.format = std::string(formats::FormatName(format));
  auto answer = DefaultAnswerOf(mlmodel);
  if (!answer.ok()) return Unreadable(std::move(opened), std::move(answer).error());
  opened.default_answer = *answer;
  if (format == FileFormat::kXgboostJson || format == FileFormat::kXgboostUbjson) {
    OpenBooster(bytes, format, mlmodel.model_class, opened);
  } else if (auto read = OpenGraph(bytes, format, opened); !read.ok()) {
    if (read.error().code() != base::Code::kUnimplemented) return std::move(read).error();
    return Unreadable(std::move(opened), std::move(read).error());
  }
  if (!opened.root.ok()) return opened;
  const estimators::Predictor& root = **opened.root;
  DescribeClasses(root.classes(), opened.description);
  if (opened.description.feature_count == 0) {
    DescribeColumns(root.own_columns(), opened.description);
  }
  return opened;
}

/// Exceptions of the standard library end here.
template <typename Function>
auto Guarded(Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return base::ResourceExhausted("there is not enough memory for this model");
  } catch (const std::exception& exception) {
    return base::Internal(std::string("reading the model failed: ") + exception.what());
  }
}

base::Result<std::unique_ptr<Model>> Load(const std::filesystem::path& path) {
  YARD_ASSIGN_OR_RETURN(Opened opened, Open(path));
  YARD_ASSIGN_OR_RETURN(PredictorPtr root, std::move(opened.root));
  return std::make_unique<PredictorModel>(std::move(root), std::move(opened.signature),
                                          std::move(opened.description), opened.default_answer);
}

base::Result<Description> Inspect(const std::filesystem::path& path) {
  YARD_ASSIGN_OR_RETURN(Opened opened, Open(path));
  if (!opened.root.ok() && opened.root.error().code() != base::Code::kUnimplemented) {
    return std::move(opened.root).error();
  }
  return std::move(opened.description);
}

}  // namespace

base::Result<std::unique_ptr<Model>> LoadModel(const std::filesystem::path& path) {
  return Guarded([&path] { return Load(path); });
}

base::Result<Description> InspectModel(const std::filesystem::path& path) {
  return Guarded([&path] { return Inspect(path); });
}

}  // namespace yard::inference
