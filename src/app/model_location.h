#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/api_client.h"
#include "base/result.h"

namespace yard::app {

/// Where the files of a MODEL argument are on this machine.
///
/// A path is taken as it is. A registered model (models:/churn@champion, models:/churn/3,
/// models:/churn/latest) is downloaded from the server into a temporary folder, which is removed
/// with this object.
class ModelLocation {
 public:
  /// Errors: kNotFound when the server has no such model, kUnavailable when no server answers,
  /// kInvalidArgument for a URI of another form.
  static base::Result<std::unique_ptr<ModelLocation>> Find(const std::string& model,
                                                           const ApiClient& server);
  ~ModelLocation();
  ModelLocation(const ModelLocation&) = delete;
  ModelLocation& operator=(const ModelLocation&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  ModelLocation(std::filesystem::path path, std::filesystem::path to_remove)
      : path_(std::move(path)), to_remove_(std::move(to_remove)) {}

  std::filesystem::path path_;
  std::filesystem::path to_remove_;  // empty: nothing
};

}  // namespace yard::app
