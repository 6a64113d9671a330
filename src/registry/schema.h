#pragma once

#include "storage/migrations.h"

namespace yard::registry {

/// The tables of this room. The model's name is the key everywhere: reads need no joins, and a
/// rename, which is rare, moves the rows.
storage::SchemaComponent RegistrySchema();

}  // namespace yard::registry
