#include "storage/artifact_manifest.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/digest.h"

namespace yard::storage {
namespace {

constexpr size_t kPieceBytes = 1 << 20;

base::Result<std::string> HashArtifact(const ArtifactReader& reader) {
  base::Sha256 digest;
  std::string piece(std::min<uint64_t>(kPieceBytes, reader.size_bytes()), '\0');
  for (uint64_t offset = 0; offset < reader.size_bytes();) {
    YARD_ASSIGN_OR_RETURN(const size_t got, reader.ReadAt(offset, piece));
    if (got == 0) return base::DataLoss("the artifact became shorter while it was read");
    digest.Update(std::string_view(piece).substr(0, got));
    offset += got;
  }
  return digest.HexDigest();
}

base::Error Changed(const std::string& path, std::string what) {
  return base::DataLoss("the artifacts are not what was registered", {"path", path},
                        {"what", std::move(what)})
      .WithReason("artifact_changed");
}

base::Result<void> CompareEntry(const ManifestEntry* expected, const ManifestEntry* found) {
  if (expected != nullptr && found != nullptr && *expected == *found) return {};
  if (found == nullptr || (expected != nullptr && expected->path < found->path))
    return Changed(expected->path, "missing");
  if (expected == nullptr || found->path < expected->path) return Changed(found->path, "added");
  return Changed(expected->path, "changed");
}

const ManifestEntry* EntryAt(const ArtifactManifest& manifest, size_t index) {
  return index < manifest.entries.size() ? &manifest.entries[index] : nullptr;
}

}  // namespace

std::string ArtifactManifest::Digest() const {
  base::Sha256 digest;
  for (const ManifestEntry& entry : entries) {
    digest.Update(entry.path);
    // No path contains a NUL, so two different manifests never give the same bytes.
    digest.Update(std::string(1, '\0') + std::to_string(entry.size_bytes) + " " + entry.sha256 +
                  "\n");
  }
  return digest.HexDigest();
}

uint64_t ArtifactManifest::size_bytes() const {
  uint64_t total = 0;
  for (const ManifestEntry& entry : entries) total += entry.size_bytes;
  return total;
}

base::Result<ArtifactManifest> MakeManifest(ArtifactStore& store, std::string_view folder) {
  YARD_ASSIGN_OR_RETURN(const std::string base_path, CheckArtifactPath(folder));
  const size_t skip = base_path.empty() ? 0 : base_path.size() + 1;
  ArtifactManifest manifest;
  YARD_RETURN_IF_ERROR(
      WalkArtifacts(store, base_path, [&](const ArtifactInfo& info) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const auto reader, store.Open(info.path));
        YARD_ASSIGN_OR_RETURN(std::string sha256, HashArtifact(*reader));
        manifest.entries.push_back(
            {info.path.substr(skip), reader->size_bytes(), std::move(sha256)});
        return {};
      }));
  if (manifest.entries.empty())
    return base::NotFound("there are no artifacts", {"path", base_path});
  std::sort(manifest.entries.begin(), manifest.entries.end(),
            [](const ManifestEntry& a, const ManifestEntry& b) { return a.path < b.path; });
  return manifest;
}

base::Result<void> VerifyManifest(ArtifactStore& store, std::string_view folder,
                                  const ArtifactManifest& manifest) {
  YARD_ASSIGN_OR_RETURN(const ArtifactManifest found, MakeManifest(store, folder));
  const size_t count = std::max(found.entries.size(), manifest.entries.size());
  for (size_t i = 0; i < count; ++i)
    YARD_RETURN_IF_ERROR(CompareEntry(EntryAt(manifest, i), EntryAt(found, i)));
  return {};
}

}  // namespace yard::storage
