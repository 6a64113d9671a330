#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

// What every reader of arrays shares: dtype descriptions, sizes checked before memory is taken,
// and numpy scalars. All errors are kInvalidArgument with the reason "bad_array".

/// Reads numpy's short description: "<f8", "i4", "|b1", "<U5", "|S3", "|V16", "<M8[ns]". Dates,
/// complex numbers and void become kBytes of their size. Objects ("|O") become kBytes of 8.
base::Result<Dtype> ParseDtype(std::string_view description);

/// True for the description of Python objects: "O", "|O", "O8".
bool IsObjectDtype(std::string_view description);

/// The short description of `dtype`: "<f8", "|b1", "<U5"; records and other kBytes are "|V…".
std::string DescribeDtype(const Dtype& dtype);

/// Bytes of one value of `type`; 0 for text and bytes, whose size is the dtype's.
size_t ScalarSize(ScalarType type);

/// Bytes of memory that a copy of `dtype` takes.
size_t CopySize(const Dtype& dtype);

/// Adds a field of `type`, which must be plain and lie within `record.item_size`. A record has at
/// most 4,096 fields, a name at most 1,024 bytes.
base::Result<void> AddField(Dtype& record, std::string name, const Dtype& type, size_t offset);

/// product(shape) * item_size, or the error when it does not fit.
base::Result<size_t> ByteSize(const std::vector<size_t>& shape, size_t item_size);

/// An array whose `data` has been checked against its shape.
base::Result<NumericArray> MakeArray(Dtype dtype, std::vector<size_t> shape, bool fortran_order,
                                     std::string data);

/// The same elements with the axes in another order, stored in C order: numpy's transpose.
base::Result<NumericArray> Transpose(const NumericArray& array, const std::vector<size_t>& axes);

/// Turns an array of one element into the plain value it stands for (see object.h); structured
/// scalars stay arrays.
base::Result<void> SetScalar(Object& object, NumericArray array);

}  // namespace yard::inference::formats
