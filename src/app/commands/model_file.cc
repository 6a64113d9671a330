#include <algorithm>
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include "app/batch_scoring.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/model_location.h"
#include "app/table.h"
#include "columnar/table.h"
#include "inference/model.h"

namespace yard::app {
namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

std::string_view TypeName(inference::DataType type) {
  switch (type) {
    case inference::DataType::kBoolean:
      return "boolean";
    case inference::DataType::kInteger:
      return "integer";
    case inference::DataType::kLong:
      return "long";
    case inference::DataType::kFloat:
      return "float";
    case inference::DataType::kDouble:
      return "double";
    case inference::DataType::kString:
      return "string";
    case inference::DataType::kBinary:
      return "binary";
    case inference::DataType::kDatetime:
      return "datetime";
  }
  return "any";
}

Value AsJson(const inference::Description& description) {
  Array parts;
  for (const inference::Part& part : description.parts) {
    Object entry{{"path", part.path}, {"class", part.class_name}, {"supported", part.supported}};
    if (!part.supported) entry.emplace_back("problem", part.problem);
    parts.emplace_back(std::move(entry));
  }
  Array names;
  for (const std::string& name : description.feature_names) names.emplace_back(name);
  Array classes;
  for (const std::string& name : description.classes) classes.emplace_back(name);
  return Value(Object{{"flavor", description.flavor},
                      {"format", description.format},
                      {"library_version", description.library_version},
                      {"feature_count", static_cast<int64_t>(description.feature_count)},
                      {"feature_names", std::move(names)},
                      {"classes", std::move(classes)},
                      {"parts", std::move(parts)}});
}

bool IsSupported(const inference::Description& description) {
  return std::all_of(description.parts.begin(), description.parts.end(),
                     [](const inference::Part& part) { return part.supported; });
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "-" : text;
}

std::string InputsTable(const inference::Signature& signature) {
  if (!signature.declared) return {};
  Table table({"INPUT", "TYPE", "REQUIRED"});
  for (const inference::ColumnSpec& column : signature.inputs) {
    table.Add({column.name, std::string(TypeName(column.type)), column.required ? "yes" : "no"});
  }
  return "\n" + table.Render();
}

std::string AsText(const inference::Description& description) {
  std::string text = description.flavor + " model, " + description.format;
  if (!description.library_version.empty())
    text += ", written by version " + description.library_version;
  text += "\nfeatures: " + std::to_string(description.feature_count) +
          (description.feature_names.empty() ? "" : " (" + Joined(description.feature_names) + ")");
  text += "\nclasses:  " + Joined(description.classes) + "\n\n";
  Table table({"PART", "CLASS", "READ NATIVELY"});
  for (const inference::Part& part : description.parts) {
    table.Add({part.path.empty() ? "model" : part.path, part.class_name,
               part.supported ? "yes" : "no: " + part.problem});
  }
  return text + table.Render();
}

int Inspect(const Arguments& arguments) {
  const auto location = ModelLocation::Find(arguments.Text("MODEL"), ClientFor(arguments));
  if (!location.ok()) return Report(location.error());
  const auto description = inference::InspectModel((*location)->path());
  if (!description.ok()) return Report(description.error());
  std::cout << (arguments.Flag("--json") ? AsJson(*description).ToJson() + "\n"
                                         : AsText(*description));
  const auto model = inference::LoadModel((*location)->path());
  if (!model.ok()) return Report(model.error());
  if (!arguments.Flag("--json")) std::cout << InputsTable((*model)->signature());
  return IsSupported(*description) ? kOk : kFailed;
}

// One line on a terminal, redrawn; nothing elsewhere.
void ShowProgress(size_t done, size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r" << done << " of " << total << " rows" << (done == total ? "\n" : "")
            << std::flush;
}

base::Result<inference::PredictMethod> MethodOf(const std::string& text) {
  if (text.empty()) return inference::PredictMethod::kDefault;
  if (text == "predict") return inference::PredictMethod::kPredict;
  if (text == "predict_proba") return inference::PredictMethod::kPredictProba;
  return base::InvalidArgument("a method is predict or predict_proba", {"method", text});
}

base::Result<size_t> PredictFile(const Arguments& arguments) {
  const std::filesystem::path input = arguments.Text("--input");
  const std::filesystem::path output = arguments.Text("--output");
  YARD_ASSIGN_OR_RETURN(const auto method, MethodOf(arguments.Text("--method")));
  YARD_ASSIGN_OR_RETURN(const columnar::Format input_format, columnar::FormatOf(input));
  YARD_ASSIGN_OR_RETURN(const columnar::Format output_format, columnar::FormatOf(output));
  YARD_ASSIGN_OR_RETURN(const auto location,
                        ModelLocation::Find(arguments.Text("MODEL"), ClientFor(arguments)));
  YARD_ASSIGN_OR_RETURN(const auto model, inference::LoadModel(location->path()));
  YARD_ASSIGN_OR_RETURN(auto table, columnar::ReadTable(input, input_format));
  YARD_ASSIGN_OR_RETURN(const auto scored,
                        ScoreTable(*model, std::move(table), method, ShowProgress));
  YARD_RETURN_IF_ERROR(columnar::WriteTable(scored, output, output_format));
  return scored.row_count;
}

int Predict(const Arguments& arguments) {
  const auto rows = PredictFile(arguments);
  if (!rows.ok()) return Report(rows.error());
  std::cerr << *rows << " rows predicted into " << arguments.Text("--output") << '\n';
  return kOk;
}

}  // namespace

std::vector<Command> ModelFileCommands() {
  return {
      {.path = {"predict"},
       .summary = "predict every row of a table (CSV or Parquet, in and out)",
       .example = "modelyard predict models:/churn@champion --input customers.parquet --output "
                  "scored.parquet --method predict_proba",
       .positionals = {{"MODEL",
                        "a file, an MLflow model folder, or models:/NAME@ALIAS of a server"}},
       .options = WithServerOptions(
           {{.name = "--input",
             .value_name = "FILE",
             .help = "rows to predict, .csv or .parquet",
             .is_required = true},
            {.name = "--output",
             .value_name = "FILE",
             .help = "the rows with their predictions, .csv or .parquet",
             .is_required = true},
            {.name = "--method",
             .value_name = "predict|predict_proba",
             .help = "labels or values, or probabilities; the model's own by default"}}),
       .run = Predict},
      {.path = {"inspect"},
       .summary =
           "what a model file is, what it needs, and which part (if any) cannot be read natively",
       .example = "modelyard inspect model.pkl",
       .positionals = {{"MODEL",
                        "a file, an MLflow model folder, or models:/NAME@ALIAS of a server"}},
       .options = WithServerOptions({}),
       .run = Inspect},
  };
}

}  // namespace yard::app
