#pragma once

#include <string>
#include <vector>

namespace yard::monitoring {

// Facts of this room, published on base::EventBus after they are durable.

/// A pane was closed (or judged anew after late rows) and features drifted in it.
struct DriftDetected {
  std::string endpoint;
  std::string pane;  // "1997-10"
  std::vector<std::string> features;
};

/// An alert began to fire or was resolved.
struct AlertChanged {
  std::string alert_id;
  std::string endpoint;
  std::string feature;
  bool is_firing = false;
  std::string summary;
};

/// A version got its baseline: from its training data or by hand.
struct BaselineSet {
  std::string model;
  std::string version;
};

}  // namespace yard::monitoring
