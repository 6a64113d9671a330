#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"

namespace yard::storage {

/// Longest path and longest part between two slashes, in bytes; most parts.
inline constexpr size_t kMaxArtifactPath = 2'048;
inline constexpr size_t kMaxArtifactName = 255;
inline constexpr size_t kMaxArtifactDepth = 64;
/// Most entries of one folder that a listing gives.
inline constexpr size_t kMaxArtifactEntries = 100'000;

struct ArtifactInfo {
  std::string path;  // from the root of the store
  bool is_folder = false;
  uint64_t size_bytes = 0;  // 0 for folders

  friend bool operator==(const ArtifactInfo&, const ArtifactInfo&) = default;
};

/// What an upload came to: its caller may record it, and a manifest can be checked against it.
struct StoredArtifact {
  uint64_t size_bytes = 0;
  std::string sha256;  // 64 lower-case hex digits

  friend bool operator==(const StoredArtifact&, const StoredArtifact&) = default;
};

/// One upload. Nothing is visible before Commit; destroyed without it, nothing remains. One thread.
class ArtifactWriter {
 public:
  virtual ~ArtifactWriter() = default;
  virtual base::Result<void> Write(std::string_view piece) = 0;
  /// Makes the artifact durable and visible, replacing any older one in one step. Call once, last.
  virtual base::Result<StoredArtifact> Commit() = 0;
};

/// An open artifact: keeps giving the same bytes when it is replaced or deleted meanwhile. Its
/// methods may be called from any thread.
class ArtifactReader {
 public:
  virtual ~ArtifactReader() = default;
  virtual uint64_t size_bytes() const = 0;
  /// Reads up to `buffer.size()` bytes from `offset`; fewer only at the end.
  virtual base::Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) const = 0;
  /// The artifact as a file on this machine, which can then be sent or mapped; nothing for stores
  /// elsewhere.
  virtual std::optional<std::string> local_path() const = 0;
};

/// Where the files of runs and models lie. Thread-safe; every method may block.
///
/// Paths are relative to the root of the store, with '/' between parts, already decoded; "" is the
/// root itself, one slash at the end is ignored. Every method refuses with kInvalidArgument (reason
/// "invalid_artifact_path") what CheckArtifactPath refuses. Common errors: kNotFound,
/// kUnavailable when the disk is full (reason "disk_full") or fails.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  /// Begins an upload; folders on the way are made at Commit. Uploads of one path may overlap: the
  /// last Commit wins. Errors: kFailedPrecondition when a folder or a file is in the way.
  virtual base::Result<std::unique_ptr<ArtifactWriter>> Create(std::string_view path) = 0;

  /// Errors: kNotFound when there is no file of that path.
  virtual base::Result<std::unique_ptr<ArtifactReader>> Open(std::string_view path) = 0;

  /// What is at `path`, or nothing.
  virtual base::Result<std::optional<ArtifactInfo>> Find(std::string_view path) = 0;

  /// The entries of one folder in order of path; none when there is no such folder (an object store
  /// cannot tell). Errors: kResourceExhausted beyond kMaxArtifactEntries.
  virtual base::Result<std::vector<ArtifactInfo>> List(std::string_view folder) = 0;

  /// Removes a file, or a folder with all it holds; to readers it is gone at once. The root cannot
  /// be removed. Errors: kNotFound.
  virtual base::Result<void> Delete(std::string_view path) = 0;
};

/// Without the slash at the end, and checked: no empty part, no "." or "..", no NUL, not absolute,
/// within the limits above. Errors: kInvalidArgument with reason "invalid_artifact_path".
base::Result<std::string> CheckArtifactPath(std::string_view path);

/// Every file below `folder`, folder by folder in order of name. An error of `visit` ends the walk
/// and is returned.
base::Result<void> WalkArtifacts(ArtifactStore& store, std::string_view folder,
                                 base::FunctionRef<base::Result<void>(const ArtifactInfo&)> visit);

/// Stores `bytes` as one artifact.
base::Result<StoredArtifact> PutArtifact(ArtifactStore& store, std::string_view path,
                                         std::string_view bytes);

/// The whole artifact. Errors: kNotFound; kResourceExhausted when it is larger than
/// `limit_bytes`.
base::Result<std::string> ReadArtifact(ArtifactStore& store, std::string_view path,
                                       uint64_t limit_bytes = std::numeric_limits<uint64_t>::max());

}  // namespace yard::storage
