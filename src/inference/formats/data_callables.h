#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/formats/numpy_objects.h"
#include "inference/formats/object.h"
#include "inference/formats/object_factory.h"

namespace yard::inference::formats {

/// The closed table of callables that rebuild plain data. They are interpreted here, in C++, with
/// the meaning that they have in Python; every other callable is only written down. There is no way
/// to add to the table from outside, and no callable has an effect beyond the object it returns.
class DataCallables {
 public:
  explicit DataCallables(ObjectFactory& factory) : factory_(factory), numpy_(factory) {}

  /// REDUCE. Errors: kInvalidArgument (reason "malformed_pickle") for arguments with which the
  /// interpreted callable cannot work.
  base::Result<Object*> Call(Object& callable, const Object& arguments);

  /// NEWOBJ: an instance of `type`, which the stream may fill later.
  base::Result<Object*> Instance(Object& type, std::vector<const Object*> arguments);

  /// BUILD of an object whose class is in the table; false when it is not.
  base::Result<bool> Fill(Object& target, const Object& state);

  /// The stream refers to `object` once more.
  base::Result<void> NoteReference(Object& object) { return numpy_.NoteReference(object); }

  NumpyObjects& numpy() { return numpy_; }

 private:
  using Arguments = std::vector<const Object*>;
  using Handler = base::Result<Object*> (DataCallables::*)(const Arguments&);
  static Handler FindHandler(std::string_view name);

  // Each returns null when the arguments ask for more than the table interprets.
  base::Result<Object*> Reconstruct(const Arguments& arguments);
  base::Result<Object*> FromBuffer(const Arguments& arguments);
  base::Result<Object*> Scalar(const Arguments& arguments);
  base::Result<Object*> MakeDtype(const Arguments& arguments);
  base::Result<Object*> MaskedReconstruct(const Arguments& arguments);
  base::Result<Object*> CodecsEncode(const Arguments& arguments);
  base::Result<Object*> MakeBytes(const Arguments& arguments);
  base::Result<Object*> MakeSet(const Arguments& arguments);
  base::Result<Object*> MakeDict(const Arguments& arguments);
  base::Result<Object*> MakeDefaultDict(const Arguments& arguments);
  base::Result<Object*> Reconstructor(const Arguments& arguments);
  base::Result<Object*> NewObject(const Arguments& arguments);
  base::Result<Object*> Partial(const Arguments& arguments);
  base::Result<Object*> RandomState(const Arguments& arguments);
  base::Result<Object*> RandomGenerator(const Arguments& arguments);
  base::Result<Object*> BitGenerator(const Arguments& arguments);
  base::Result<Object*> CythonInstance(const Arguments& arguments);
  base::Result<Object*> FirstArgumentInstance(const Arguments& arguments);

  base::Result<Object*> PlainInstance(const Object& type, Arguments arguments);
  base::Result<void> CopyEntries(Object& dict, const Object& source);
  base::Result<void> FillPartial(Object& call, const Object& state);

  ObjectFactory& factory_;
  NumpyObjects numpy_;
};

/// The name by which the table knows a symbol: the spelling of today for modules that were renamed
/// ("numpy.core.multiarray.scalar" is "numpy._core.multiarray.scalar").
std::string CanonicalName(const Object& symbol);

}  // namespace yard::inference::formats
