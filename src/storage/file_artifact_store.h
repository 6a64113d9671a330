#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "storage/artifact_store.h"

namespace yard::storage {

/// Artifacts as plain files below `root`, which is created when missing (its parent must exist).
///
/// An upload is written beside the tree (in `root/.incoming`), flushed, renamed over the path, and
/// the folder flushed: a reader sees the old file or the new one, never a part. What a killed
/// process left there is removed at the next open; uploads of other live processes are not touched.
/// Symbolic links below the root are neither followed nor listed, so that no path leaves it.
///
/// Errors: kNotFound when the parent is missing, kFailedPrecondition when a file is in the way,
/// kPermissionDenied when the folder cannot be written.
base::Result<std::unique_ptr<ArtifactStore>> OpenFileArtifactStore(
    const std::filesystem::path& root);

}  // namespace yard::storage
