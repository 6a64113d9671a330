#include "app/commands/output.h"

#include <iostream>

#include "app/table.h"

namespace yard::app {

using base::json::Value;

int Print(const Arguments& arguments, const base::Result<Value>& answer,
          const std::function<std::string(const Value&)>& render) {
  if (!answer.ok()) return Report(answer.error());
  std::cout << (arguments.Flag("--json") ? answer->ToJson() + "\n" : render(*answer)) << std::flush;
  return kOk;
}

std::vector<Option> WithServerOptions(std::vector<Option> options) {
  for (Option& option : ServerOptions()) options.push_back(std::move(option));
  return options;
}

std::string Cell(const Value& value) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* integer = value.as_integer()) return std::to_string(*integer);
  if (const auto* number = value.as_double()) return Number(*number, 4);
  if (const auto* flag = value.as_bool()) return *flag ? "yes" : "no";
  return "-";
}

const base::json::Array& Items(const Value& document, std::string_view name) {
  static const base::json::Array kNone;
  const auto* items = document[name].as_array();
  return items ? *items : kNone;
}

}  // namespace yard::app
