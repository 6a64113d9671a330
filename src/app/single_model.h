#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace yard::app {

/// What `modelyard serve` runs: one model behind the scoring routes, /metrics, and nothing else.
class SingleModelServer {
 public:
  /// Reads and warms the model, then listens. Errors: those of inference::LoadModel and
  /// net::Server::Listen.
  static base::Result<std::unique_ptr<SingleModelServer>> Start(const std::filesystem::path& model,
                                                                const std::string& host,
                                                                uint16_t port);
  ~SingleModelServer();
  SingleModelServer(const SingleModelServer&) = delete;
  SingleModelServer& operator=(const SingleModelServer&) = delete;

  std::string address() const;
  /// Lets running requests finish. Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit SingleModelServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yard::app
