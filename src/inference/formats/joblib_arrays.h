#pragma once

#include "base/result.h"
#include "inference/formats/byte_cursor.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

struct PickleSession;

/// True for an instance of joblib's placeholder for an array.
bool IsArrayWrapper(const Object& object);

/// `wrapper` has just got its state: its elements follow in `input`, raw (padded to an alignment)
/// or, for objects, as a pickle of their own. Turns the wrapper into the array. Errors:
/// kInvalidArgument, kUnimplemented for files of joblib before 0.10, which keep arrays in other
/// files.
base::Result<void> ReadWrappedArray(Object& wrapper, ByteCursor& input, PickleSession& session);

}  // namespace yard::inference::formats
