#include "serving/registry_models.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <variant>

#include "registry/model_uri.h"
#include "registry/registry_service.h"

namespace yard::serving {

namespace {

base::Result<int64_t> VersionNumber(const ModelKey& key) {
  int64_t number = 0;
  const char* const end = key.version.data() + key.version.size();
  const auto [rest, problem] = std::from_chars(key.version.data(), end, number);
  if (problem == std::errc() && rest == end) return number;
  return base::InvalidArgument("a model version is a number", {"version", key.version});
}

}  // namespace

base::Result<ModelKey> RegistryModels::Resolve(std::string_view uri) {
  YARD_ASSIGN_OR_RETURN(const registry::ModelVersion version, registry_.Resolve(uri));
  return ModelKey{version.name, std::to_string(version.version)};
}

base::Result<std::unique_ptr<inference::Model>> RegistryModels::Load(const ModelKey& key) {
  YARD_ASSIGN_OR_RETURN(const int64_t number, VersionNumber(key));
  YARD_ASSIGN_OR_RETURN(const registry::ModelVersion version,
                        registry_.GetVersion(key.name, number));
  YARD_ASSIGN_OR_RETURN(const auto folder, registry_.LocalFolder(version));
  return inference::LoadModel(folder);
}

base::Result<void> RegistryModels::PointAt(std::string_view uri, const ModelKey& key) {
  YARD_ASSIGN_OR_RETURN(const registry::ModelRef reference, registry::ParseModelUri(uri));
  const auto* const alias = std::get_if<registry::AliasRef>(&reference);
  if (alias == nullptr) return {};
  YARD_ASSIGN_OR_RETURN(const int64_t number, VersionNumber(key));
  return registry_.SetAlias(alias->name, alias->alias, number);
}

}  // namespace yard::serving
