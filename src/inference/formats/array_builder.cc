#include "inference/formats/array_builder.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace yard::inference::formats {
namespace {

constexpr size_t kMaxItemSize = size_t{1} << 30;
// Elements without bytes cost nothing in the file but a step each when they are read.
constexpr size_t kMaxEmptyElements = size_t{1} << 20;
constexpr size_t kMaxDimensions = 64;
constexpr size_t kMaxFields = 4096;
constexpr size_t kMaxFieldName = 1024;

base::Error BadArray(std::string problem, base::Detail detail = {}) {
  return base::InvalidArgument(std::move(problem), std::move(detail)).WithReason("bad_array");
}

std::optional<ScalarType> FloatOf(size_t size) {
  if (size == 2) return ScalarType::kFloat16;
  if (size == 4) return ScalarType::kFloat32;
  if (size == 8) return ScalarType::kFloat64;
  return std::nullopt;
}

std::optional<ScalarType> SignedOf(size_t size) {
  if (size == 1) return ScalarType::kInt8;
  if (size == 2) return ScalarType::kInt16;
  if (size == 4) return ScalarType::kInt32;
  if (size == 8) return ScalarType::kInt64;
  return std::nullopt;
}

std::optional<ScalarType> UnsignedOf(size_t size) {
  if (size == 1) return ScalarType::kUInt8;
  if (size == 2) return ScalarType::kUInt16;
  if (size == 4) return ScalarType::kUInt32;
  if (size == 8) return ScalarType::kUInt64;
  return std::nullopt;
}

// The type of a kind letter; nullopt when numpy has no such type.
std::optional<ScalarType> TypeOf(char kind, size_t size) {
  switch (kind) {
    case 'f':
      return FloatOf(size).value_or(ScalarType::kBytes);
    case 'i':
      return SignedOf(size);
    case 'u':
      return UnsignedOf(size);
    case 'b':
      return size == 1 ? std::optional(ScalarType::kBool) : std::nullopt;
    case 'U':
      return ScalarType::kText;
    case 'S':
    case 'a':
    case 'V':
    case 'c':
    case 'M':
    case 'm':
    case 'O':
      return ScalarType::kBytes;
    default:
      return std::nullopt;
  }
}

struct Description {
  bool big_endian = false;
  char kind = 0;
  std::string_view size;
};

std::optional<Description> Split(std::string_view text) {
  Description description;
  constexpr std::string_view kOrders = "<>|=";
  if (!text.empty() && kOrders.find(text.front()) != std::string_view::npos) {
    description.big_endian = text.front() == '>';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  description.kind = text.front();
  text.remove_prefix(1);
  description.size = text.substr(0, text.find('['));  // dates carry their unit in brackets
  return description;
}

size_t DefaultSize(char kind) {
  if (kind == 'O' || kind == 'M' || kind == 'm') return 8;
  if (kind == '?') return 1;
  return 0;
}

std::optional<size_t> SizeOf(const Description& description) {
  if (description.size.empty()) return DefaultSize(description.kind);
  size_t size = 0;
  const char* end = description.size.data() + description.size.size();
  const auto [stop, error] = std::from_chars(description.size.data(), end, size);
  if (error != std::errc() || stop != end || size > kMaxItemSize / 4) return std::nullopt;
  return description.kind == 'U' ? size * 4 : size;
}

}  // namespace

size_t ScalarSize(ScalarType type) {
  switch (type) {
    case ScalarType::kBool:
    case ScalarType::kInt8:
    case ScalarType::kUInt8:
      return 1;
    case ScalarType::kInt16:
    case ScalarType::kUInt16:
    case ScalarType::kFloat16:
      return 2;
    case ScalarType::kInt32:
    case ScalarType::kUInt32:
    case ScalarType::kFloat32:
      return 4;
    case ScalarType::kInt64:
    case ScalarType::kUInt64:
    case ScalarType::kFloat64:
      return 8;
    case ScalarType::kText:
    case ScalarType::kBytes:
      return 0;
  }
  return 0;
}

bool IsObjectDtype(std::string_view description) {
  const auto split = Split(description);
  return split && split->kind == 'O';
}

base::Result<Dtype> ParseDtype(std::string_view description) {
  const auto split = Split(description);
  const auto size = split ? SizeOf(*split) : std::nullopt;
  const char kind = split && split->kind == '?' ? 'b' : (split ? split->kind : '\0');
  const auto type = size ? TypeOf(kind, *size) : std::nullopt;
  if (!type) {
    constexpr size_t kShown = 40;
    return BadArray("unknown dtype", {"dtype", std::string(description.substr(0, kShown))});
  }
  Dtype dtype;
  dtype.type = *type;
  dtype.item_size = *size;
  dtype.big_endian = split->big_endian && *size > 1;
  return dtype;
}

std::string DescribeDtype(const Dtype& dtype) {
  constexpr std::string_view kKinds = "biiiiuuuufffUV";  // in the order of ScalarType
  const char kind = kKinds[static_cast<size_t>(dtype.type)];
  const size_t size = kind == 'U' ? dtype.item_size / 4 : dtype.item_size;
  const bool has_order = ScalarSize(dtype.type) > 1 || kind == 'U';
  const char order = has_order ? (dtype.big_endian ? '>' : '<') : '|';
  return std::string{order, kind} + std::to_string(size);
}

size_t CopySize(const Dtype& dtype) {
  size_t size = 0;
  for (const DtypeField& field : dtype.fields) size += sizeof(DtypeField) + field.name.size();
  return size;
}

base::Result<void> AddField(Dtype& record, std::string name, const Dtype& type, size_t offset) {
  const bool fits = offset <= record.item_size && type.item_size <= record.item_size - offset;
  if (record.fields.size() >= kMaxFields || name.size() > kMaxFieldName)
    return BadArray("a record has too many fields or too long names");
  if (!fits) return BadArray("a field lies outside of its record", {"field", name});
  const ScalarType scalar = type.fields.empty() ? type.type : ScalarType::kBytes;
  const bool has_order = ScalarSize(scalar) > 1;
  const bool differs =
      std::any_of(record.fields.begin(), record.fields.end(), [&](const DtypeField& field) {
        return has_order && ScalarSize(field.type) > 1 && record.big_endian != type.big_endian;
      });
  if (differs) return BadArray("a record mixes byte orders", {"field", name});
  if (has_order) record.big_endian = type.big_endian;
  record.fields.push_back({std::move(name), scalar, offset});
  return {};
}

base::Result<size_t> ByteSize(const std::vector<size_t>& shape, size_t item_size) {
  if (shape.size() > kMaxDimensions) return BadArray("an array has too many dimensions");
  size_t count = 1;
  size_t bytes = item_size;
  const bool is_empty = std::find(shape.begin(), shape.end(), 0U) != shape.end();
  if (is_empty) return size_t{0};
  for (const size_t extent : shape) {
    if (count > std::numeric_limits<size_t>::max() / extent ||
        bytes > std::numeric_limits<size_t>::max() / extent)
      return BadArray("the shape of an array overflows");
    count *= extent;
    bytes *= extent;
  }
  if (item_size == 0 && count > kMaxEmptyElements)
    return BadArray("an array has too many elements without bytes");
  return bytes;
}

base::Result<NumericArray> MakeArray(Dtype dtype, std::vector<size_t> shape, bool fortran_order,
                                     std::string data) {
  YARD_ASSIGN_OR_RETURN(const size_t bytes, ByteSize(shape, dtype.item_size));
  if (bytes != data.size()) return BadArray("an array has not the bytes that its shape needs");
  NumericArray array;
  array.dtype = std::move(dtype);
  array.shape = std::move(shape);
  array.fortran_order = fortran_order && array.shape.size() > 1;
  array.data = std::move(data);
  return array;
}

base::Result<NumericArray> Transpose(const NumericArray& array, const std::vector<size_t>& axes) {
  const size_t rank = array.shape.size();
  std::vector<bool> used(rank, false);
  const auto is_new_axis = [&](size_t axis) {
    if (axis >= rank || used[axis]) return false;
    used[axis] = true;
    return true;
  };
  if (axes.size() != rank || !std::all_of(axes.begin(), axes.end(), is_new_axis))
    return BadArray("the axes of an array are no permutation");
  std::vector<size_t> strides(rank, 1);
  for (size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * array.shape[i];
  NumericArray out;
  out.dtype = array.dtype;
  for (const size_t axis : axes) out.shape.push_back(array.shape[axis]);
  out.data.reserve(array.data.size());
  std::vector<size_t> index(rank, 0);
  const size_t item_size = array.dtype.item_size;
  for (size_t n = array.size(); n > 0; --n) {
    size_t position = 0;
    for (size_t i = 0; i < rank; ++i) position += index[i] * strides[axes[i]];
    out.data.append(array.data, position * item_size, item_size);
    for (size_t i = rank; i-- > 0;) {
      if (++index[i] < out.shape[i]) break;
      index[i] = 0;
    }
  }
  return out;
}

base::Result<void> SetScalar(Object& object, NumericArray array) {
  if (array.size() != 1) return BadArray("a scalar must be one element");
  if (!array.dtype.fields.empty()) {
    object.kind = ObjectKind::kArray;
    object.array = std::move(array);
    return {};
  }
  const auto first = [](auto values) { return values.front(); };
  switch (array.dtype.type) {
    case ScalarType::kFloat16:
    case ScalarType::kFloat32:
    case ScalarType::kFloat64: {
      YARD_ASSIGN_OR_RETURN(auto values, array.AsDoubles());
      object.kind = ObjectKind::kReal;
      object.real = first(std::move(values));
      return {};
    }
    case ScalarType::kText: {
      YARD_ASSIGN_OR_RETURN(auto texts, array.AsTexts());
      object.kind = ObjectKind::kString;
      object.text = first(std::move(texts));
      return {};
    }
    case ScalarType::kBytes:
      object.kind = ObjectKind::kBytes;
      object.text = std::move(array.data);
      return {};
    default: {
      YARD_ASSIGN_OR_RETURN(auto values, array.AsIntegers());
      object.integer = first(std::move(values));
      object.boolean = object.integer != 0;
      object.kind =
          array.dtype.type == ScalarType::kBool ? ObjectKind::kBool : ObjectKind::kInteger;
      return {};
    }
  }
}

}  // namespace yard::inference::formats
