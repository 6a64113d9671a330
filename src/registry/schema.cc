#include "registry/schema.h"

#include <array>

namespace yard::registry {
namespace {

constexpr std::array<storage::Migration, 1> kMigrations = {{
    {1, "create registered models and versions",
     R"sql(
CREATE TABLE registered_model (
  name TEXT NOT NULL PRIMARY KEY,
  description TEXT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  last_version BIGINT NOT NULL
);
CREATE INDEX registered_model_by_update ON registered_model (updated_ms, name);
CREATE TABLE registered_model_tag (
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name, key)
);
CREATE TABLE registered_model_alias (
  name TEXT NOT NULL,
  alias TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (name, alias)
);
CREATE TABLE model_version (
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  stage INTEGER NOT NULL,
  description TEXT NOT NULL,
  source TEXT NOT NULL,
  storage_location TEXT NOT NULL,
  run_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  run_link TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  PRIMARY KEY (name, version)
);
CREATE INDEX model_version_by_update ON model_version (updated_ms DESC, name, version DESC);
CREATE INDEX model_version_by_run ON model_version (run_id);
CREATE TABLE model_version_tag (
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name, version, key)
);
CREATE TABLE model_version_file (
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  path TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (name, version, path)
);
)sql",
     ""},
}};

}  // namespace

storage::SchemaComponent RegistrySchema() { return {"registry", kMigrations}; }

}  // namespace yard::registry
