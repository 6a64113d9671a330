#pragma once

#include "storage/migrations.h"

namespace yard::monitoring {

/// The tables of this room, for storage::Migrate.
storage::SchemaComponent MonitoringSchema();

}  // namespace yard::monitoring
