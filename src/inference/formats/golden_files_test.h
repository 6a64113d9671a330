#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

/// Test support: the model files of real libraries, with what is in them. A few small ones are in
/// the tree; where YARD_PYTHON names an interpreter with scikit-learn and xgboost, the tests make
/// many more with tools/make_model_goldens.py.
namespace yard::inference::testing_support {

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder that is removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "yard-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::filesystem::path StoredGoldens() { return YARD_INFERENCE_TESTDATA; }

/// The folder of all goldens, made once a process; empty without YARD_PYTHON.
inline std::filesystem::path FreshGoldens() {
  static const ScratchFolder folder;
  static const bool made = [] {
    const char* python = std::getenv("YARD_PYTHON");
    if (python == nullptr) return false;
    const std::string command = "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 ASAN_OPTIONS= '" +
                                std::string(python) +
                                "' '" YARD_SOURCE_DIR "/tools/make_model_goldens.py' '" +
                                folder.path().string() + "' 2>/dev/null";
    return std::system(command.c_str()) == 0;
  }();
  return made ? folder.path() : std::filesystem::path();
}

/// The files of `folder` that have another extension than ".expected".
inline std::vector<std::filesystem::path> GoldenFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".expected") files.push_back(entry.path());
  }
  return files;
}

inline std::filesystem::path ExpectedOf(std::filesystem::path file) {
  return file.replace_extension(".expected");
}

}  // namespace yard::inference::testing_support
