#pragma once

#include <functional>
#include <string>

#include "app/api_client.h"
#include "app/command_line.h"
#include "base/json/value.h"

namespace yard::app {

/// Prints an answer: the document itself with --json, else what `render` makes of it; an error goes
/// to stderr. Returns the exit code.
int Print(const Arguments& arguments, const base::Result<base::json::Value>& answer,
          const std::function<std::string(const base::json::Value&)>& render);

/// `options` and the ones by which a command finds its server.
std::vector<Option> WithServerOptions(std::vector<Option> options);

/// The text of a JSON scalar for a table cell; "-" for null.
std::string Cell(const base::json::Value& value);

/// The items of a JSON array member; none when it is absent.
const base::json::Array& Items(const base::json::Value& document, std::string_view name);

}  // namespace yard::app
