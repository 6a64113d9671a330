#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace yard::app {

/// What `modelyard up` was asked for.
struct ApplicationOptions {
  std::filesystem::path data_folder = "modelyard-data";
  std::string host = "127.0.0.1";
  uint16_t port = 5000;
  std::string artifact_root = "mlflow-artifacts:/";
  std::filesystem::path artifacts_destination;  // empty: artifacts/ in the data folder
  std::vector<std::string> allowed_hosts;
  int io_threads = 2;
};

/// The whole server: every room made once, in order, and taken down in the opposite one.
class Application {
 public:
  /// Opens the data folder, brings its schema up to date, loads endpoints and listens. Errors:
  /// those of storage::DataFolder::Open and net::Server::Listen, each with the remedy in its
  /// message.
  static base::Result<std::unique_ptr<Application>> Start(const ApplicationOptions& options);
  /// Stops if it runs.
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// "http://127.0.0.1:5000"
  std::string address() const;
  /// Takes no new connections, lets running requests finish, writes everything down. Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit Application(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yard::app
