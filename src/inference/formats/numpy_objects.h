#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "inference/formats/object.h"
#include "inference/formats/object_factory.h"

namespace yard::inference::formats {

/// numpy's own pickling: how dtypes, arrays, scalars and masked arrays come back from their states.
/// Errors: kInvalidArgument (reason "malformed_pickle" or "bad_array").
class NumpyObjects {
 public:
  explicit NumpyObjects(ObjectFactory& factory) : factory_(factory) {}

  base::Result<Object*> MakeDtype(std::string_view description);
  base::Result<Object*> MakeDtype(Dtype dtype);
  /// An array of no elements, to be filled.
  base::Result<Object*> EmptyArray();
  /// (buffer, dtype, shape, order[, axes])
  base::Result<Object*> FromBuffer(const std::vector<const Object*>& arguments);
  base::Result<Object*> Scalar(const Object& dtype, const Object& data);

  /// Sets the state of a dtype, array or masked array; false when `target` is none of these.
  base::Result<bool> Fill(Object& target, const Object& state);

  /// An array whose elements lie in `data`.
  base::Result<void> SetArray(Object& target, const Object& dtype, std::vector<size_t> shape,
                              bool fortran_order, std::string data);

  /// The stream refers to `object` once more, so its bytes must stay what they are.
  base::Result<void> NoteReference(Object& object);

 private:
  struct ArrayState;

  base::Result<void> FillDtype(Object& dtype, const Object& state);
  base::Result<void> FillArray(Object& array, const Object& state);
  base::Result<void> FillMaskedArray(Object& instance, const Object& state);
  base::Result<void> SetObjectArray(Object& target, std::vector<size_t> shape,
                                    const Object& elements);
  base::Result<std::string> TakeBytes(const Object& source, const Object& new_owner);
  base::Result<std::string_view> BytesOf(const Object& source) const;

  ObjectFactory& factory_;
  // The bytes of a buffer go into its array without a copy, unless the stream refers to them twice.
  std::unordered_set<const Object*> referenced_;
  std::unordered_map<const Object*, const Object*> moved_;  // buffer → the array that has its bytes
};

bool IsDtype(const Object& object);

/// A shape: a tuple or list of sizes, or one size.
base::Result<std::vector<size_t>> ShapeOf(const Object& object);

}  // namespace yard::inference::formats
