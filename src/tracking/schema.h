#pragma once

#include "storage/migrations.h"

namespace yard::tracking {

/// The tables of this room in the truth file.
storage::SchemaComponent TrackingSchema();

/// The tables of the derived search file.
storage::SchemaComponent SearchSchema();

}  // namespace yard::tracking
