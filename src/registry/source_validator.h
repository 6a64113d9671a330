#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "registry/model_uri.h"
#include "registry/model_version.h"

namespace yard::registry {

/// What the validator must look up to judge a source.
class SourceOwners {
 public:
  struct LoggedModelFiles {
    std::string artifact_uri;
    std::string source_run_id;  // may be empty
  };

  virtual ~SourceOwners() = default;
  /// Errors: kNotFound.
  virtual base::Result<std::string> RunArtifactUri(std::string_view run_id) = 0;
  /// Errors: kNotFound.
  virtual base::Result<LoggedModelFiles> FilesOfLoggedModel(std::string_view model_id) = 0;
  /// The registered version that a reference means now; never asked for a LoggedModelRef. Errors:
  /// kNotFound, kInvalidArgument for an absent alias and for prompts (reason "source_is_prompt").
  virtual base::Result<ModelVersion> RegisteredVersion(const ModelRef& ref) = 0;
};

/// A source that may be registered.
struct CheckedSource {
  std::string source;            // aliases, stages and `latest` replaced by the version number
  std::string storage_location;  // where the files are
  std::string run_id;            // given, or inherited from the source
  std::string model_id;          // given, or inherited from the source
};

/// Decides whether a version may point at a source, so that nobody reads files through the registry
/// that are not a model's: neither of this machine, nor of another run, nor of another host.
///
///  - models:/m-<id>                       when `model_id` is that id and the logged model exists
///  - models:/<name>/<version|stage|latest>, models:/<name>@<alias>
///                                         resolved; run_id and model_id are inherited, and must
///                                         agree when given
///  - runs:/<run>/<path>                   when `run_id` is that run
///  - mlflow-artifacts:/<path>, a path on this machine, file:
///                                         inside the artifact folder of `run_id` or `model_id`
///  - s3, gs, dbfs, wasb, wasbs            any, without relative segments
///  - the placeholder of prompts           only for versions tagged as prompts, and nothing else
///                                         for those
///
/// Schemes that name a host, and unknown ones, are refused. "." and ".." segments, "#", NUL and
/// other control characters are refused as they are and after percent-decoding again and again.
/// All refusals are kInvalidArgument with the detail "source" and one of the reasons
/// "source_traversal", "source_scheme" (detail "scheme"), "source_local",
/// "source_of_another_resource", "source_prompt", "source_is_prompt", "invalid_model_uri".
class SourceValidator {
 public:
  explicit SourceValidator(SourceOwners& owners) : owners_(owners) {}

  base::Result<CheckedSource> Check(const NewModelVersion& version);

 private:
  base::Result<CheckedSource> CheckLoggedModel(const NewModelVersion& version,
                                               const std::string& model_id);
  base::Result<CheckedSource> CheckRegistered(const NewModelVersion& version, const ModelRef& ref);
  base::Result<CheckedSource> CheckModelUri(const NewModelVersion& version);
  base::Result<CheckedSource> CheckRunUri(const NewModelVersion& version);
  base::Result<CheckedSource> CheckInsideOwner(const NewModelVersion& version,
                                               std::string_view refusal);
  base::Result<bool> IsInsideOwner(const NewModelVersion& version);

  SourceOwners& owners_;
};

}  // namespace yard::registry
