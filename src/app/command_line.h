#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Commands as data: a table of what each takes, from which parsing, --help, environment variables
/// and the configuration file follow.
namespace yard::app {

/// Exit codes of every command.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       // it was tried and did not work
  kUsage = 2,        // the command line is wrong
  kUnreachable = 3,  // no server answers
  kNotThere = 4,     // the named thing does not exist
};

/// `--name VALUE`, or a flag when `value_name` is empty. A value comes from the command line, else
/// from the environment variable, else from modelyard.yaml, else from `default_value`.
struct Option {
  std::string name{};        // "--data"
  std::string value_name{};  // "DIR"
  std::string help{};
  std::string default_value{};  // shown in --help
  std::string environment{};    // "MODELYARD_DATA"; empty: none
  bool is_required = false;
  bool is_repeatable = false;
};

struct Positional {
  std::string name{};  // "MODEL"
  std::string help{};
  bool is_required = true;
};

/// What the user gave, by option or positional name.
class Arguments {
 public:
  explicit Arguments(std::map<std::string, std::vector<std::string>> values)
      : values_(std::move(values)) {}

  /// The value, or an empty string.
  const std::string& Text(std::string_view name) const;
  std::optional<std::string> Optional(std::string_view name) const;
  /// The value as an integer; `otherwise` when absent. The parser has checked that options whose
  /// value_name is "N" are integers.
  int64_t Integer(std::string_view name, int64_t otherwise) const;
  bool Flag(std::string_view name) const;
  const std::vector<std::string>& All(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

struct Command {
  std::vector<std::string> path{};  // {"endpoint", "create"}
  std::string summary{};
  std::string example{};  // one or more lines, shown in --help
  std::vector<Positional> positionals{};
  std::vector<Option> options{};
  std::function<int(const Arguments&)> run{};
};

/// A one-line description for a group such as "endpoint".
struct CommandGroup {
  std::string name;
  std::string summary;
};

/// Parses and runs. Help goes to stdout with exit code 0; a wrong command line is explained on
/// stderr with exit code 2.
int RunCommandLine(int argc, char** argv, std::span<const CommandGroup> groups,
                   std::span<const Command> commands);

}  // namespace yard::app
