#pragma once

namespace yard::app {

/// Waits for SIGINT or SIGTERM. Construct it before any thread starts: it keeps both signals from
/// every thread made later.
class Termination {
 public:
  Termination();
  /// Returns the signal. A second signal while the program ends kills it at once.
  int Wait();
};

}  // namespace yard::app
