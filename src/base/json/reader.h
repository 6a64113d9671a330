#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"

namespace yard::base::json {

enum class Kind { kObject, kArray, kString, kNumber, kBool, kNull };

/// One value of a document that is being read, front to back, without a tree. An element may be
/// read once, inside the callback that received it; fields and items that a callback does not touch
/// are skipped. Errors of every method: kInvalidArgument.
class Element {
 public:
  Result<Kind> kind();
  /// The text with escapes resolved. Lives until the Read call that gave the element returns.
  Result<std::string_view> String();
  Result<double> Double();
  /// An integer that fits; 1.0 is accepted for 1, 1.5 is not.
  Result<int64_t> Integer();
  Result<bool> Bool();
  Result<bool> IsNull();
  /// The value's own JSON text.
  Result<std::string_view> Raw();
  /// Keys arrive in order; a repeated key arrives again.
  Result<void> ForEachField(FunctionRef<Result<void>(std::string_view key, Element value)> visit);
  Result<void> ForEachItem(FunctionRef<Result<void>(Element item)> visit);

 private:
  friend struct ElementAccess;
  alignas(8) std::array<std::byte, 48> storage_;
};

/// Reads `text`, whose root is an object or an array, and gives the root to `visit`. The document
/// is checked to its end. Depth is at most 256. May be nested. Errors: kInvalidArgument where the
/// text is not JSON, and whatever `visit` returns.
Result<void> Read(std::string_view text, FunctionRef<Result<void>(Element root)> visit);

}  // namespace yard::base::json
