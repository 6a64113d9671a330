#pragma once

#include <string>

namespace yard::registry {

/// A key with a value on a registered model or on a version. At most 250 bytes of key and 100,000
/// of value.
struct Tag {
  std::string key;
  std::string value;

  friend bool operator==(const Tag&, const Tag&) = default;
};

/// On models and versions that are prompts. They share the tables of models and stay out of
/// searches that do not ask for them.
inline constexpr char kPromptTag[] = "mlflow.prompt.is_prompt";

}  // namespace yard::registry
