#include "storage/artifact_store.h"

#include <algorithm>
#include <utility>

namespace yard::storage {
namespace {

constexpr size_t kPieceBytes = 1 << 20;

base::Error InvalidPath(std::string message, std::string_view path) {
  return base::InvalidArgument(std::move(message),
                               {"path", std::string(path.substr(0, kMaxArtifactPath))})
      .WithReason("invalid_artifact_path");
}

base::Result<void> CheckPart(std::string_view part, std::string_view path) {
  if (part.empty()) return InvalidPath("an artifact path has no empty parts", path);
  if (part == "." || part == "..")
    return InvalidPath("an artifact path may not contain . or ..", path);
  if (part.size() > kMaxArtifactName)
    return InvalidPath("a part of the artifact path is longer than 255 bytes", path);
  return {};
}

}  // namespace

base::Result<std::string> CheckArtifactPath(std::string_view path) {
  if (path.size() > kMaxArtifactPath)
    return InvalidPath("the artifact path is longer than 2048 bytes", path);
  if (path.find('\0') != std::string_view::npos)
    return InvalidPath("an artifact path may not contain a NUL byte", {});
  if (path.starts_with('/'))
    return InvalidPath("an artifact path is relative: it does not start with a slash", path);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return std::string();
  size_t depth = 0;
  for (std::string_view rest = path;;) {
    if (++depth > kMaxArtifactDepth)
      return InvalidPath("the artifact path has more than 64 parts", path);
    const size_t slash = rest.find('/');
    YARD_RETURN_IF_ERROR(CheckPart(rest.substr(0, slash), path));
    if (slash == std::string_view::npos) return std::string(path);
    rest.remove_prefix(slash + 1);
  }
}

base::Result<void> WalkArtifacts(ArtifactStore& store, std::string_view folder,
                                 base::FunctionRef<base::Result<void>(const ArtifactInfo&)> visit) {
  YARD_ASSIGN_OR_RETURN(const auto entries, store.List(folder));
  for (const ArtifactInfo& entry : entries) {
    YARD_RETURN_IF_ERROR(entry.is_folder ? WalkArtifacts(store, entry.path, visit) : visit(entry));
  }
  return {};
}

base::Result<StoredArtifact> PutArtifact(ArtifactStore& store, std::string_view path,
                                         std::string_view bytes) {
  YARD_ASSIGN_OR_RETURN(const auto writer, store.Create(path));
  YARD_RETURN_IF_ERROR(writer->Write(bytes));
  return writer->Commit();
}

base::Result<std::string> ReadArtifact(ArtifactStore& store, std::string_view path,
                                       uint64_t limit_bytes) {
  YARD_ASSIGN_OR_RETURN(const auto reader, store.Open(path));
  if (reader->size_bytes() > limit_bytes) {
    return base::ResourceExhausted("the artifact is larger than what may be read here",
                                   {"path", std::string(path)},
                                   {"size_bytes", std::to_string(reader->size_bytes())});
  }
  // Grows with what really arrives, not with what the store says.
  std::string bytes;
  while (bytes.size() < reader->size_bytes()) {
    const size_t offset = bytes.size();
    bytes.resize(offset + std::min<uint64_t>(kPieceBytes, reader->size_bytes() - offset));
    YARD_ASSIGN_OR_RETURN(const size_t got,
                          reader->ReadAt(offset, std::span(bytes).subspan(offset)));
    bytes.resize(offset + got);
    if (got == 0) break;
  }
  return bytes;
}

}  // namespace yard::storage
