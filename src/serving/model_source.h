#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/model.h"

namespace yard::serving {

/// One version of one registered model.
struct ModelKey {
  std::string name;
  std::string version;  // "3"

  friend bool operator==(const ModelKey&, const ModelKey&) = default;
};

/// Where endpoints get their models from. Thread-safe; every method may block.
class ModelSource {
 public:
  virtual ~ModelSource() = default;

  /// The version that a model URI names now. Errors: kNotFound or kInvalidArgument.
  virtual base::Result<ModelKey> Resolve(std::string_view uri) = 0;

  /// Reads the files of a version. Errors: as inference::LoadModel.
  virtual base::Result<std::unique_ptr<inference::Model>> Load(const ModelKey& key) = 0;

  /// Makes `uri` name `key` from now on, when `uri` is an alias; any other URI is left alone.
  virtual base::Result<void> PointAt(std::string_view uri, const ModelKey& key) = 0;
};

}  // namespace yard::serving
