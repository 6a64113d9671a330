#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/file_descriptor.h"

namespace yard::storage {

// Opening below a folder without ever leaving it. Paths are walked part by part from an open folder
// and no symbolic link is followed, so there is no moment in which a checked path can turn into
// another one. `path` has passed CheckArtifactPath.

/// The parts before the last slash, and the part after it.
struct SplitPath {
  std::string_view folder;
  std::string_view name;
};
SplitPath SplitLast(std::string_view path);

/// The folder `path` below the open folder `root`; "" is `root` itself. Errors: kNotFound,
/// kFailedPrecondition when something else is on the way.
base::Result<FileDescriptor> OpenFolderBelow(int root, std::string_view path);

/// The same; missing folders are made and are durable when it returns.
base::Result<FileDescriptor> MakeFolderBelow(int root, std::string_view path);

}  // namespace yard::storage
