#include <filesystem>
#include <iostream>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/version.h"
#include "net/client.h"
#include "storage/data_folder.h"

namespace yard::app {
namespace {

enum class Verdict { kGood, kNote, kBad };

void Say(Verdict verdict, const std::string& text) {
  const char* mark = verdict == Verdict::kGood ? "✓ " : verdict == Verdict::kNote ? "• " : "✗ ";
  std::cout << mark << text << '\n';
}

bool CheckFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    Say(Verdict::kNote,
        "data folder " + folder.string() + " does not exist yet; `modelyard up` makes it");
    return true;
  }
  const auto space = std::filesystem::space(folder, error);
  const auto free_mib = error ? 0 : space.available / (1024 * 1024);
  Say(free_mib < 512 ? Verdict::kBad : Verdict::kGood,
      "data folder " + folder.string() + ": " + std::to_string(free_mib) + " MiB free on its disk");
  return free_mib >= 512;
}

bool CheckServer(const Arguments& arguments) {
  const ApiClient client = ClientFor(arguments);
  const auto server = client.Get("/api/v1/server");
  if (!server.ok()) {
    Say(Verdict::kNote, "no server answers at " + client.server_url());
    return true;
  }
  Say(Verdict::kGood,
      "server " + Cell((*server)["version"]) + " answers at " + client.server_url());
  if (Cell((*server)["version"]) == kVersion) return true;
  Say(Verdict::kBad,
      "this program is version " + std::string(kVersion) + ": restart the server after an upgrade");
  return false;
}

int Doctor(const Arguments& arguments) {
  Say(Verdict::kGood, "modelyard " + std::string(kVersion));
  const bool folder = CheckFolder(arguments.Text("--data"));
  const bool server = CheckServer(arguments);
  return folder && server ? kOk : kFailed;
}

}  // namespace

std::vector<Command> DoctorCommands() {
  return {
      {.path = {"doctor"},
       .summary = "check the data folder and the running server",
       .example = "modelyard doctor --data modelyard-data",
       .options = WithServerOptions({}),
       .run = Doctor},
      {.path = {"version"},
       .summary = "print the version",
       .example = "modelyard version",
       .run =
           [](const Arguments&) {
             std::cout << kVersion << '\n';
             return static_cast<int>(kOk);
           }},
  };
}

}  // namespace yard::app
