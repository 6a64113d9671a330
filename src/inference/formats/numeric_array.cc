#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "inference/formats/array_builder.h"
#include "inference/formats/object.h"
#include "inference/formats/text_encoding.h"

namespace yard::inference::formats {
namespace {

base::Error BadArray(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("bad_array");
}

template <typename T>
T ReadElement(const char* bytes, bool big_endian) {
  std::array<char, sizeof(T)> buffer;
  std::memcpy(buffer.data(), bytes, sizeof(T));
  if (big_endian) std::reverse(buffer.begin(), buffer.end());
  return std::bit_cast<T>(buffer);
}

// IEEE 754 binary16, exact.
double HalfToDouble(uint16_t half) {
  const int exponent = (half >> 10) & 0x1f;
  const int fraction = half & 0x3ff;
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) {
    if (fraction != 0) return std::numeric_limits<double>::quiet_NaN();
    return sign * std::numeric_limits<double>::infinity();
  }
  return sign * std::ldexp(fraction + 0x400, exponent - 25);
}

// Storage positions of the elements in C order.
class StorageOrder {
 public:
  explicit StorageOrder(const NumericArray& array)
      : shape_(array.shape), index_(array.shape.size(), 0), stride_(array.shape.size(), 1) {
    size_t stride = 1;
    for (size_t i = 0; i < shape_.size(); ++i) {
      const size_t axis = array.fortran_order ? i : shape_.size() - 1 - i;
      stride_[axis] = stride;
      stride *= shape_[axis];
    }
  }

  size_t position() const { return position_; }

  void Advance() {
    for (size_t axis = shape_.size(); axis-- > 0;) {
      position_ += stride_[axis];
      if (++index_[axis] < shape_[axis]) return;
      position_ -= stride_[axis] * shape_[axis];
      index_[axis] = 0;
    }
  }

 private:
  const std::vector<size_t>& shape_;
  std::vector<size_t> index_;
  std::vector<size_t> stride_;
  size_t position_ = 0;
};

base::Result<int64_t> ToInteger(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (std::nearbyint(value) != value || value < -kLimit || value >= kLimit)
    return BadArray("an array of whole numbers was expected");
  return static_cast<int64_t>(value);
}

// Converts every element with `Element`'s type to `T`, in C order.
template <typename Element, typename T>
base::Result<std::vector<T>> Convert(const NumericArray& array, size_t offset) {
  std::vector<T> out;
  out.reserve(array.size());
  StorageOrder order(array);
  for (size_t i = 0; i < array.size(); ++i, order.Advance()) {
    const char* bytes = array.data.data() + order.position() * array.dtype.item_size + offset;
    const Element value = ReadElement<Element>(bytes, array.dtype.big_endian);
    if constexpr (std::is_same_v<T, double>) {
      out.push_back(static_cast<double>(value));
    } else if constexpr (std::is_integral_v<Element>) {
      if constexpr (std::is_same_v<Element, uint64_t>) {
        if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
          return BadArray("an unsigned number is too large");
      }
      out.push_back(static_cast<int64_t>(value));
    } else {
      YARD_ASSIGN_OR_RETURN(const int64_t integer, ToInteger(static_cast<double>(value)));
      out.push_back(integer);
    }
  }
  return out;
}

template <typename T>
base::Result<std::vector<T>> ConvertHalf(const NumericArray& array, size_t offset) {
  YARD_ASSIGN_OR_RETURN(const auto halves, (Convert<uint16_t, int64_t>(array, offset)));
  std::vector<T> out;
  out.reserve(halves.size());
  for (const int64_t half : halves) {
    const double value = HalfToDouble(static_cast<uint16_t>(half));
    if constexpr (std::is_same_v<T, double>) {
      out.push_back(value);
    } else {
      YARD_ASSIGN_OR_RETURN(const T number, ToInteger(value));
      out.push_back(number);
    }
  }
  return out;
}

template <typename T>
base::Result<std::vector<T>> ConvertAs(ScalarType type, const NumericArray& array, size_t offset) {
  switch (type) {
    case ScalarType::kBool:
    case ScalarType::kUInt8:
      return Convert<uint8_t, T>(array, offset);
    case ScalarType::kInt8:
      return Convert<int8_t, T>(array, offset);
    case ScalarType::kInt16:
      return Convert<int16_t, T>(array, offset);
    case ScalarType::kInt32:
      return Convert<int32_t, T>(array, offset);
    case ScalarType::kInt64:
      return Convert<int64_t, T>(array, offset);
    case ScalarType::kUInt16:
      return Convert<uint16_t, T>(array, offset);
    case ScalarType::kUInt32:
      return Convert<uint32_t, T>(array, offset);
    case ScalarType::kUInt64:
      return Convert<uint64_t, T>(array, offset);
    case ScalarType::kFloat16:
      return ConvertHalf<T>(array, offset);
    case ScalarType::kFloat32:
      return Convert<float, T>(array, offset);
    case ScalarType::kFloat64:
      return Convert<double, T>(array, offset);
    case ScalarType::kText:
    case ScalarType::kBytes:
      break;
  }
  return BadArray("an array of numbers was expected");
}

// Nothing is read unless the data has the size that shape and dtype promise.
base::Result<void> CheckLayout(const NumericArray& array, ScalarType type, size_t offset) {
  const size_t size = ScalarSize(type);
  if (size == 0) return BadArray("an array of numbers was expected");
  if (offset > array.dtype.item_size || size > array.dtype.item_size - offset)
    return BadArray("a field lies outside of its record");
  if (array.data.size() != array.size() * array.dtype.item_size)
    return BadArray("an array has not the bytes that its shape needs");
  return {};
}

template <typename T>
base::Result<std::vector<T>> Whole(const NumericArray& array) {
  if (!array.dtype.fields.empty()) return BadArray("a record array has no single value");
  YARD_RETURN_IF_ERROR(CheckLayout(array, array.dtype.type, 0));
  return ConvertAs<T>(array.dtype.type, array, 0);
}

const DtypeField* FindField(const Dtype& dtype, std::string_view name) {
  const auto found = std::find_if(dtype.fields.begin(), dtype.fields.end(),
                                  [name](const DtypeField& field) { return field.name == name; });
  return found == dtype.fields.end() ? nullptr : &*found;
}

template <typename T>
base::Result<std::vector<T>> FieldOf(const NumericArray& array, std::string_view name) {
  const DtypeField* field = FindField(array.dtype, name);
  if (field == nullptr) {
    return base::InvalidArgument("a record array has no such field", {"field", std::string(name)})
        .WithReason("bad_array");
  }
  YARD_RETURN_IF_ERROR(CheckLayout(array, field->type, field->offset));
  return ConvertAs<T>(field->type, array, field->offset);
}

}  // namespace

size_t NumericArray::size() const {
  size_t product = 1;
  for (const size_t extent : shape) product *= extent;
  return product;
}

base::Result<std::vector<double>> NumericArray::AsDoubles() const { return Whole<double>(*this); }

base::Result<std::vector<int64_t>> NumericArray::AsIntegers() const {
  return Whole<int64_t>(*this);
}

base::Result<std::vector<std::string>> NumericArray::AsTexts() const {
  const bool is_text = dtype.type == ScalarType::kText;
  if ((!is_text && dtype.type != ScalarType::kBytes) || !dtype.fields.empty())
    return BadArray("an array of text was expected");
  if (data.size() != size() * dtype.item_size || (is_text && dtype.item_size % 4 != 0))
    return BadArray("an array has not the bytes that its shape needs");
  std::vector<std::string> texts;
  texts.reserve(size());
  StorageOrder order(*this);
  for (size_t i = 0; i < size(); ++i, order.Advance()) {
    const std::string_view element =
        std::string_view(data).substr(order.position() * dtype.item_size, dtype.item_size);
    if (is_text) {
      YARD_ASSIGN_OR_RETURN(std::string text, Ucs4ToUtf8(element, dtype.big_endian));
      texts.push_back(std::move(text));
    } else {
      texts.emplace_back(element.substr(0, element.find_last_not_of('\0') + 1));
    }
  }
  return texts;
}

base::Result<std::vector<double>> NumericArray::FieldAsDoubles(std::string_view field) const {
  return FieldOf<double>(*this, field);
}

base::Result<std::vector<int64_t>> NumericArray::FieldAsIntegers(std::string_view field) const {
  return FieldOf<int64_t>(*this, field);
}

bool NumericArray::HasField(std::string_view field) const {
  return FindField(dtype, field) != nullptr;
}

}  // namespace yard::inference::formats
