#include "columnar/module_loader.h"

#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include <dlfcn.h>

namespace yard::columnar {
namespace {

constexpr const char* kModuleFile = "libyard_columnar.so";

// Beside the executable, then in lib/ of its parents: bin/ and lib/ of an installation, or the
// folders of a build.
std::vector<std::filesystem::path> Candidates() {
  std::error_code failure;
  auto folder = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
  std::vector<std::filesystem::path> candidates = {folder / kModuleFile};
  constexpr int kParents = 4;
  for (int i = 0; i < kParents && folder.has_relative_path(); ++i) {
    folder = folder.parent_path();
    candidates.push_back(folder / "lib" / kModuleFile);
  }
  return candidates;
}

base::Error Missing(const std::string& why) {
  return base::Unavailable(
             "reading CSV and Parquet needs libyard_columnar.so beside the program or in ../lib",
             {"problem", why})
      .WithReason("columnar_module_missing");
}

base::Result<const Engine*> OpenModule(const std::filesystem::path& path) {
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return Missing(dlerror());
  const auto function = reinterpret_cast<EngineFunction>(dlsym(module, kEngineSymbol));
  const Engine* engine = function == nullptr ? nullptr : function(kEngineVersion);
  if (engine == nullptr) {
    dlclose(module);
    return Missing(path.string() + " belongs to another build");
  }
  return engine;
}

base::Result<const Engine*> FindModule() {
  for (const auto& path : Candidates()) {
    std::error_code failure;
    if (std::filesystem::exists(path, failure)) return OpenModule(path);
  }
  return Missing("no such file");
}

}  // namespace

base::Result<const Engine*> LoadEngine() {
  static std::mutex mutex;
  static const Engine* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) return loaded;
  YARD_ASSIGN_OR_RETURN(loaded, FindModule());
  return loaded;
}

}  // namespace yard::columnar
