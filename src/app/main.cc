#include <vector>

#include "app/commands/commands.h"

int main(int argc, char** argv) {
  using namespace yard::app;
  const std::vector<CommandGroup> groups = {
      {"experiment", "look at experiments"},
      {"run", "look at runs"},
      {"model", "registered models, versions and aliases"},
      {"endpoint", "serve models: arms, weights, rollback, labels"},
      {"monitor", "drift, accuracy and alerts"},
  };
  std::vector<Command> commands;
  for (const auto& make : {ServerCommands, ModelFileCommands, ExperimentCommands, RunCommands,
                           ModelCommands, EndpointCommands, MonitorCommands, DoctorCommands}) {
    for (Command& command : make()) commands.push_back(std::move(command));
  }
  return RunCommandLine(argc, argv, groups, commands);
}
