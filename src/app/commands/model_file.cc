#include <algorithm>
#include <iostream>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/table.h"
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
  const auto description = inference::InspectModel(arguments.Text("MODEL"));
  if (!description.ok()) return Report(description.error());
  std::cout << (arguments.Flag("--json") ? AsJson(*description).ToJson() + "\n"
                                         : AsText(*description));
  const auto model = inference::LoadModel(arguments.Text("MODEL"));
  if (model.ok() && !arguments.Flag("--json") && (*model)->signature().declared) {
    Table table({"INPUT", "TYPE", "REQUIRED"});
    for (const inference::ColumnSpec& column : (*model)->signature().inputs) {
      table.Add({column.name, std::string(TypeName(column.type)), column.required ? "yes" : "no"});
    }
    std::cout << '\n' << table.Render();
  }
  if (!model.ok()) return Report(model.error());
  return IsSupported(*description) ? kOk : kFailed;
}

}  // namespace

std::vector<Command> ModelFileCommands() {
  return {
      {.path = {"inspect"},
       .summary =
           "what a model file is, what it needs, and which part (if any) cannot be read natively",
       .example = "modelyard inspect model.pkl",
       .positionals = {{"MODEL", "a file or an MLflow model folder"}},
       .options = {{.name = "--json", .help = "print one JSON document instead of text"}},
       .run = Inspect},
  };
}

}  // namespace yard::app
