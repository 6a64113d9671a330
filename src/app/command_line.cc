#include "app/command_line.h"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <yaml-cpp/yaml.h>

#include "app/version.h"

namespace yard::app {
namespace {

// Reads modelyard.yaml: top-level keys are option names without dashes, nested maps are commands
// ("up: {port: 5001}").
// A value whose environment variable is set is passed over: the environment beats the file.
class YamlConfiguration final : public CLI::Config {
 public:
  /// By "endpoint list --url": the environment variable of that option.
  using EnvironmentNames = std::map<std::string, std::string>;
  explicit YamlConfiguration(EnvironmentNames environment_names)
      : environment_names_(std::move(environment_names)) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> found;
    try {
      Collect(YAML::Load(input), {}, found);
    } catch (const YAML::Exception& exception) {
      throw CLI::FileError(std::string("modelyard.yaml: ") + exception.what());
    }
    return found;
  }

 private:
  bool IsInEnvironment(const CLI::ConfigItem& item) const {
    std::string key;
    for (const std::string& parent : item.parents) key += parent + " ";
    const auto found = environment_names_.find(key + "--" + item.name);
    return found != environment_names_.end() && std::getenv(found->second.c_str()) != nullptr;
  }

  void Collect(const YAML::Node& node, const std::vector<std::string>& parent_names,
               std::vector<CLI::ConfigItem>& found) const {
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>();
      if (entry.second.IsMap()) {
        std::vector<std::string> inner = parent_names;
        inner.push_back(name);
        Collect(entry.second, inner, found);
        continue;
      }
      CLI::ConfigItem item;
      item.parents = parent_names;
      item.name = name;
      if (entry.second.IsSequence()) {
        for (const auto& value : entry.second) item.inputs.push_back(value.as<std::string>());
      } else {
        item.inputs.push_back(entry.second.as<std::string>(""));
      }
      if (!IsInEnvironment(item)) found.push_back(std::move(item));
    }
  }

  EnvironmentNames environment_names_;
};

YamlConfiguration::EnvironmentNames EnvironmentNamesOf(std::span<const Command> commands) {
  YamlConfiguration::EnvironmentNames names;
  for (const Command& command : commands) {
    std::string path;
    for (const std::string& word : command.path) path += word + " ";
    for (const Option& option : command.options) {
      if (!option.environment.empty()) names[path + option.name] = option.environment;
    }
  }
  return names;
}

// The values of one command while CLI11 fills them.
struct Binding {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
  std::map<std::string, std::string>
      positionals;  // a vector would take the words of those behind it
};

void AddOption(CLI::App& app, const Option& option, Binding& binding) {
  CLI::Option* added = nullptr;
  if (option.value_name.empty()) {
    added = app.add_flag(option.name, binding.flags[option.name], option.help);
  } else {
    auto& values = binding.values[option.name];
    added = app.add_option(option.name, values, option.help)->type_name(option.value_name);
    added->expected(1);
    added->multi_option_policy(option.is_repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                    : CLI::MultiOptionPolicy::TakeLast);
    if (option.is_repeatable) added->allow_extra_args(false);
    if (!option.default_value.empty()) added->default_str(option.default_value);
    if (option.value_name == "N") added->check(CLI::TypeValidator<int64_t>("N"));
  }
  if (!option.environment.empty()) added->envname(option.environment);
  if (option.is_required) added->required();
}

void AddPositional(CLI::App& app, const Positional& positional, Binding& binding) {
  CLI::Option* added =
      app.add_option(positional.name, binding.positionals[positional.name], positional.help)
          ->type_name("");
  if (positional.is_required) added->required();
}

CLI::App& GroupOf(CLI::App& root, std::span<const CommandGroup> groups, const std::string& name) {
  for (CLI::App* existing :
       root.get_subcommands([&name](CLI::App* app) { return app->get_name() == name; }))
    return *existing;
  std::string summary;
  for (const CommandGroup& group : groups) {
    if (group.name == name) summary = group.summary;
  }
  CLI::App* made = root.add_subcommand(name, summary);
  made->require_subcommand(1);
  return *made;
}

void AddCommand(CLI::App& root, std::span<const CommandGroup> groups, Binding& binding) {
  const Command& command = *binding.command;
  CLI::App* parent = &root;
  for (size_t i = 0; i + 1 < command.path.size(); ++i)
    parent = &GroupOf(*parent, groups, command.path[i]);
  binding.app = parent->add_subcommand(command.path.back(), command.summary);
  binding.app->configurable();
  for (const Positional& positional : command.positionals)
    AddPositional(*binding.app, positional, binding);
  for (const Option& option : command.options) AddOption(*binding.app, option, binding);
  if (!command.example.empty()) binding.app->footer("Example:\n  " + command.example);
}

Arguments Collected(Binding& binding) {
  std::map<std::string, std::vector<std::string>> values = std::move(binding.values);
  for (const auto& [name, value] : binding.positionals) {
    if (!value.empty()) values[name] = {value};
  }
  for (const Option& option : binding.command->options) {
    if (option.value_name.empty() && binding.flags[option.name]) values[option.name] = {"true"};
    if (!option.default_value.empty() && values[option.name].empty())
      values[option.name] = {option.default_value};
  }
  return Arguments(std::move(values));
}

}  // namespace

const std::string& Arguments::Text(std::string_view name) const {
  static const std::string kEmpty;
  const auto& all = All(name);
  return all.empty() ? kEmpty : all.back();
}

std::optional<std::string> Arguments::Optional(std::string_view name) const {
  const auto& all = All(name);
  if (all.empty()) return std::nullopt;
  return all.back();
}

int64_t Arguments::Integer(std::string_view name, int64_t otherwise) const {
  const std::string& text = Text(name);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? value
                                                                                   : otherwise;
}

bool Arguments::Flag(std::string_view name) const { return !All(name).empty(); }

const std::vector<std::string>& Arguments::All(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? kNone : found->second;
}

int RunCommandLine(int argc, char** argv, std::span<const CommandGroup> groups,
                   std::span<const Command> commands) {
  CLI::App root("Modelyard: one program for the whole life of a machine-learning model.",
                "modelyard");
  root.set_version_flag("--version", std::string(kVersion));
  root.require_subcommand(1);
  root.config_formatter(std::make_shared<YamlConfiguration>(EnvironmentNamesOf(commands)));
  root.set_config("--config", "modelyard.yaml",
                  "settings file; keys are option names, maps are commands");
  root.footer("Help for one command: modelyard COMMAND --help");
  std::vector<Binding> bindings(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) {
    bindings[i].command = &commands[i];
    AddCommand(root, groups, bindings[i]);
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return root.exit(error, std::cout, std::cerr) == 0 ? kOk : kUsage;
  }
  for (Binding& binding : bindings) {
    if (binding.app->parsed()) return binding.command->run(Collected(binding));
  }
  return kUsage;
}

}  // namespace yard::app
