#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

/// Makes the objects of one graph within the limits of one file: counts them, counts copied bytes,
/// and keeps one object for every constant and every name, which nobody may change.
class ObjectFactory {
 public:
  struct Limits {
    size_t max_objects;
    size_t max_copied_bytes;
  };
  ObjectFactory(ObjectGraph& graph, Limits limits);

  // Errors of all makers: kResourceExhausted.
  base::Result<Object*> New(ObjectKind kind);
  base::Result<Object*> Bytes(std::string bytes);
  base::Result<Object*> String(std::string text);
  base::Result<Object*> Real(double value);
  base::Result<Object*> Integer(int64_t value);
  Object* Bool(bool value) { return value ? true_ : false_; }
  Object* None() { return none_; }
  base::Result<Object*> EmptyTuple();
  base::Result<Object*> Symbol(std::string_view module, std::string_view name);

  /// Accounts for `count` bytes that are about to be copied out of the file or out of an object.
  base::Result<void> Spend(size_t count);
  /// The object for changing: every object of the graph was made here, none is const.
  static Object& Mutable(const Object& object) { return const_cast<Object&>(object); }

 private:
  ObjectGraph& graph_;
  Limits limits_;
  size_t copied_bytes_ = 0;
  Object* none_;
  Object* true_;
  Object* false_;
  Object* empty_tuple_ = nullptr;
  std::array<Object*, 256> small_integers_{};
  std::unordered_map<std::string, Object*> symbols_;
};

}  // namespace yard::inference::formats
