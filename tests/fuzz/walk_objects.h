#pragma once

#include <unordered_set>
#include <vector>

#include "inference/formats/object.h"

namespace yard::fuzz {

/// Touches everything that an estimator may ask of a graph: every object once, every array through
/// its dtype.
inline void WalkObjects(const inference::formats::Object& root) {
  using inference::formats::Object;
  constexpr size_t kMaxElements = 1 << 16;
  std::unordered_set<const Object*> seen;
  std::vector<const Object*> pending = {&root};
  while (!pending.empty()) {
    const Object* object = pending.back();
    pending.pop_back();
    if (object == nullptr || !seen.insert(object).second) continue;
    static_cast<void>(object->QualifiedName());
    static_cast<void>(object->ClassName());
    static_cast<void>(DoublesAttribute(*object, "a"));
    static_cast<void>(FindAttribute(*object, "coef_"));
    if (object->is(inference::formats::ObjectKind::kArray) && object->array.size() < kMaxElements) {
      static_cast<void>(object->array.AsDoubles());
      static_cast<void>(object->array.AsIntegers());
      static_cast<void>(object->array.AsTexts());
      for (const auto& field : object->array.dtype.fields) {
        static_cast<void>(object->array.FieldAsDoubles(field.name));
        static_cast<void>(object->array.FieldAsIntegers(field.name));
      }
    }
    pending.insert(pending.end(), object->items.begin(), object->items.end());
    for (const auto& [key, value] : object->entries) {
      pending.push_back(key);
      pending.push_back(value);
    }
    pending.push_back(object->symbol);
    pending.push_back(object->state);
  }
}

}  // namespace yard::fuzz
