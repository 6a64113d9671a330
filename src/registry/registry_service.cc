#include "registry/registry_service.h"

#include <array>
#include <utility>

#include "base/events.h"
#include "registry/schema.h"
#include "storage/migrations.h"

namespace yard::registry {

base::Result<std::unique_ptr<RegistryService>> RegistryService::Open(const Neighbours& neighbours) {
  const std::array<storage::SchemaComponent, 1> components = {RegistrySchema()};
  YARD_RETURN_IF_ERROR(storage::Migrate(neighbours.database, neighbours.clock, components));
  return std::unique_ptr<RegistryService>(new RegistryService(neighbours));
}

base::Result<void> RegistryService::Changed(base::Result<void> written, ModelChanged event) {
  if (written.ok()) neighbours_.events.Publish(event);
  return written;
}

}  // namespace yard::registry
