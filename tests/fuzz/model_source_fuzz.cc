// Sources of model versions: whatever is accepted stays inside the folder of its owner.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "registry/names.h"
#include "registry/source_validator.h"

namespace {

using yard::base::Result;
using yard::registry::CheckedSource;
using yard::registry::ModelRef;
using yard::registry::ModelVersion;
using yard::registry::SourceOwners;

constexpr std::string_view kRoot = "mlflow-artifacts:/1/run/artifacts";

class OneRun final : public SourceOwners {
 public:
  Result<std::string> RunArtifactUri(std::string_view) override { return std::string(kRoot); }
  Result<LoggedModelFiles> FilesOfLoggedModel(std::string_view) override {
    return LoggedModelFiles{std::string(kRoot), "run"};
  }
  Result<ModelVersion> RegisteredVersion(const ModelRef&) override {
    ModelVersion version;
    version.name = "model";
    version.version = 1;
    version.storage_location = kRoot;
    return version;
  }
};

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  OneRun owners;
  yard::registry::NewModelVersion version;
  version.name = "model";
  version.source = std::string(data, data + size);
  version.run_id = "run";
  const auto checked = yard::registry::SourceValidator(owners).Check(version);
  if (!checked.ok()) {
    Require(!checked.error().reason().empty());
    return 0;
  }
  const std::string_view location = checked->storage_location;
  Require(!yard::registry::HasDotSegment(location));
  Require(location.find('\0') == std::string_view::npos);
  Require(!location.starts_with("file:") && !location.starts_with("http"));
  if (location.starts_with("mlflow-artifacts:"))
    Require(location.find("run/") != std::string::npos);
  return 0;
}
