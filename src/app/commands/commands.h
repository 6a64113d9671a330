#pragma once

#include <vector>

#include "app/command_line.h"

/// The commands of `modelyard`, one maker a file.
namespace yard::app {

std::vector<Command> ServerCommands();      // up, serve
std::vector<Command> ModelFileCommands();   // inspect, predict
std::vector<Command> ExperimentCommands();  // experiment list
std::vector<Command> RunCommands();         // run list|show|delete
std::vector<Command> ModelCommands();       // model list|show|alias
std::vector<Command>
EndpointCommands();  // endpoint list|show|create|weights|rollback|history|delete|label
std::vector<Command> MonitorCommands();  // monitor list|show|pane|close|set|baseline|alerts
std::vector<Command> DoctorCommands();   // doctor, version

}  // namespace yard::app
