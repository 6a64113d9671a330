#include "inference/formats/model_folder.h"

#include <array>
#include <system_error>
#include <utility>

#include "inference/formats/mlmodel_document.h"
#include "inference/formats/open_file.h"

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr size_t kMaxMlmodelBytes = size_t{1} << 20;
constexpr size_t kMaxExampleBytes = size_t{16} << 20;

base::Error Outside(const std::string& path) {
  return base::PermissionDenied("a path in the MLmodel file leads out of the model's folder",
                                {"path", path})
      .WithReason("outside_folder");
}

bool IsRelativeInside(const std::filesystem::path& path) {
  if (path.empty() || path.is_absolute() || path.has_root_name()) return false;
  for (const auto& part : path) {
    if (part == ".." || part.string().find('\\') != std::string::npos) return false;
  }
  return path.string().find('\0') == std::string::npos;
}

bool IsBelow(const std::filesystem::path& path, const std::filesystem::path& folder) {
  auto part = path.begin();
  for (const auto& wanted : folder) {
    if (part == path.end() || *part != wanted) return false;
    ++part;
  }
  return true;
}

// The file of that name with links resolved, which must still be inside the folder.
Result<std::filesystem::path> Inside(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path relative(name);
  if (!IsRelativeInside(relative)) return Outside(name);
  std::error_code error;
  const auto root = std::filesystem::canonical(folder, error);
  if (error) return base::NotFound("there is no such model folder", {"path", folder.string()});
  const auto resolved = std::filesystem::canonical(root / relative, error);
  if (error)
    return base::NotFound("the model folder lacks a file that MLmodel names", {"path", name});
  if (!IsBelow(resolved, root)) return Outside(name);
  return resolved;
}

std::optional<std::string> ReadExample(const std::filesystem::path& folder,
                                       const std::string& declared) {
  const std::array<std::string, 2> names = {"serving_input_example.json", declared};
  for (const std::string& name : names) {
    if (!name.ends_with(".json")) continue;
    const auto path = Inside(folder, name);
    if (!path.ok()) continue;
    auto content = ReadModelFile(*path, kMaxExampleBytes);
    if (content.ok()) return std::move(content).value();
  }
  return std::nullopt;
}

}  // namespace

Result<Mlmodel> ParseMlmodel(std::string_view yaml) {
  if (yaml.size() > kMaxMlmodelBytes) {
    return base::ResourceExhausted("the MLmodel file is too large",
                                   {"limit", std::to_string(kMaxMlmodelBytes)})
        .WithReason("file_too_large");
  }
  return ReadMlmodelDocument(yaml);
}

Result<ModelFolder> ReadModelFolder(const std::filesystem::path& folder) {
  YARD_ASSIGN_OR_RETURN(const std::filesystem::path file, Inside(folder, "MLmodel"));
  YARD_ASSIGN_OR_RETURN(const std::string yaml, ReadModelFile(file, kMaxMlmodelBytes));
  ModelFolder model;
  YARD_ASSIGN_OR_RETURN(model.mlmodel, ParseMlmodel(yaml));
  YARD_ASSIGN_OR_RETURN(model.model_file, Inside(folder, model.mlmodel.model_path));
  model.input_example_json = ReadExample(folder, model.mlmodel.input_example_path);
  return model;
}

}  // namespace yard::inference::formats
