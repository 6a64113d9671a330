#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "storage/artifact_store.h"
#include "storage/file_descriptor.h"

namespace yard::storage {

/// The folders that a file store works in, open as long as anything uses them.
struct StoreFolders {
  std::string root_path;
  FileDescriptor root;
  FileDescriptor incoming;  // root/.incoming: uploads that are not complete, removals that run
};

/// Where uploads lie until they are complete, below the root of the store.
inline constexpr std::string_view kIncomingFolder = ".incoming";

/// Begins an upload to `path`, which has passed CheckArtifactPath. Its file is locked while it is
/// open, so that RemoveLeftovers can tell a live upload from what a killed process left.
base::Result<std::unique_ptr<ArtifactWriter>> BeginUpload(
    std::shared_ptr<const StoreFolders> folders, std::string path);

/// Removes the uploads and removals that dead processes did not finish.
void RemoveLeftovers(const StoreFolders& folders);

/// Takes a folder out of sight in one step and then removes it with all it holds.
base::Result<void> RemoveFolder(const StoreFolders& folders, int parent, const std::string& name);

}  // namespace yard::storage
