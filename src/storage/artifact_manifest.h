#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/artifact_store.h"

namespace yard::storage {

/// One file of a manifest; `path` counts from the manifest's folder.
struct ManifestEntry {
  std::string path;
  uint64_t size_bytes = 0;
  std::string sha256;

  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

/// What a folder of artifacts held at one moment, so that a registered version can say later
/// whether it still is what was registered.
struct ArtifactManifest {
  std::vector<ManifestEntry> entries;  // in order of path

  /// A SHA-256 over all entries, independent of where the folder lies: 64 lower-case hex digits.
  std::string Digest() const;
  uint64_t size_bytes() const;

  friend bool operator==(const ArtifactManifest&, const ArtifactManifest&) = default;
};

/// Reads and hashes every file below `folder`, so it also holds for files that were put there by
/// hand. Errors: kNotFound when there is no file.
base::Result<ArtifactManifest> MakeManifest(ArtifactStore& store, std::string_view folder);

/// Whether `folder` holds exactly those files. Errors: kDataLoss with reason "artifact_changed" and
/// the first path that differs; kNotFound when there is no file at all.
base::Result<void> VerifyManifest(ArtifactStore& store, std::string_view folder,
                                  const ArtifactManifest& manifest);

}  // namespace yard::storage
