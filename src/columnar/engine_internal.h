#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "columnar/table.h"

namespace yard::columnar {

/// What the module implements. Both sides are built together; kEngineVersion guards against a
/// module of another build.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual base::Result<Table> ReadFile(const std::filesystem::path& path, Format format,
                                       const ReadLimits& limits) const = 0;
  virtual base::Result<Table> ReadBytes(std::string_view bytes, Format format,
                                        const ReadLimits& limits) const = 0;
  virtual base::Result<void> Write(const Table& table, const std::filesystem::path& path,
                                   Format format) const = 0;
};

inline constexpr int kEngineVersion = 1;
inline constexpr const char* kEngineSymbol = "YardColumnarEngine";
/// The module's only exported function: the engine, or null when the version is another.
using EngineFunction = const Engine* (*)(int version);

}  // namespace yard::columnar
