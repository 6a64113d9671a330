#include "inference/formats/numpy_objects.h"

#include <algorithm>
#include <utility>

#include "inference/formats/array_builder.h"
#include "inference/formats/text_encoding.h"

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_pickle");
}

// Below this size a copy costs less than keeping track.
constexpr size_t kSmallestMove = 256;

bool IsSequence(const Object& object) {
  return object.is(ObjectKind::kTuple) || object.is(ObjectKind::kList);
}

bool IsFlag(const Object& object) {
  return object.is(ObjectKind::kBool) || object.is(ObjectKind::kInteger);
}

bool FlagOf(const Object& object) { return object.boolean || object.integer != 0; }

Result<size_t> SizeOf(const Object& object) {
  if (!object.is(ObjectKind::kInteger) || object.integer < 0)
    return Malformed("a size is no whole number");
  return static_cast<size_t>(object.integer);
}

bool IsMaskedArray(const Object& object) {
  return object.is(ObjectKind::kInstance) && object.symbol != nullptr &&
         object.symbol->text == "MaskedArray" && object.symbol->module.starts_with("numpy.ma");
}

const Object* FindEntry(const Object& dict, const Object& key) {
  for (const auto& [name, value] : dict.entries) {
    if (name->is(ObjectKind::kString) && name->text == key.text) return value;
  }
  return nullptr;
}

// The fields of a record: `names` in order, `fields` maps each to (dtype, offset[, title]).
Result<void> AddFields(Dtype& record, const Object& names, const Object& fields) {
  for (const Object* name : names.items) {
    const Object* field = name->is(ObjectKind::kString) ? FindEntry(fields, *name) : nullptr;
    const bool is_field = field != nullptr && field->is(ObjectKind::kTuple) &&
                          field->items.size() >= 2 && IsDtype(*field->items[0]);
    if (!is_field) return Malformed("a record's field has no dtype");
    YARD_ASSIGN_OR_RETURN(const size_t offset, SizeOf(*field->items[1]));
    YARD_RETURN_IF_ERROR(AddField(record, name->text, field->items[0]->array.dtype, offset));
  }
  return {};
}

}  // namespace

bool IsDtype(const Object& object) {
  return object.is(ObjectKind::kInstance) && object.symbol != nullptr &&
         object.symbol->text == "dtype" && object.symbol->module == "numpy";
}

Result<std::vector<size_t>> ShapeOf(const Object& object) {
  if (object.is(ObjectKind::kInteger)) {
    YARD_ASSIGN_OR_RETURN(const size_t size, SizeOf(object));
    return std::vector<size_t>{size};
  }
  if (!IsSequence(object)) return Malformed("a shape is no tuple");
  std::vector<size_t> shape;
  for (const Object* item : object.items) {
    YARD_ASSIGN_OR_RETURN(const size_t size, SizeOf(*item));
    shape.push_back(size);
  }
  return shape;
}

Result<Object*> NumpyObjects::MakeDtype(std::string_view description) {
  YARD_ASSIGN_OR_RETURN(Dtype dtype, ParseDtype(description));
  const bool is_object = IsObjectDtype(description);
  YARD_ASSIGN_OR_RETURN(Object * object, MakeDtype(std::move(dtype)));
  if (is_object) object->text = "|O";
  return object;
}

Result<Object*> NumpyObjects::MakeDtype(Dtype dtype) {
  YARD_RETURN_IF_ERROR(factory_.Spend(CopySize(dtype)));
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("numpy", "dtype"));
  YARD_ASSIGN_OR_RETURN(Object * object, factory_.New(ObjectKind::kInstance));
  object->symbol = type;
  object->text = DescribeDtype(dtype);
  object->array.dtype = std::move(dtype);
  return object;
}

Result<Object*> NumpyObjects::EmptyArray() {
  YARD_ASSIGN_OR_RETURN(Object * array, factory_.New(ObjectKind::kArray));
  array->array.shape = {0};
  return array;
}

Result<Object*> NumpyObjects::FromBuffer(const std::vector<const Object*>& arguments) {
  if (!IsDtype(*arguments[1]) || !arguments[3]->is(ObjectKind::kString))
    return Malformed("an array has no dtype or order");
  if (IsObjectDtype(arguments[1]->text)) return Malformed("objects cannot lie in a buffer");
  YARD_ASSIGN_OR_RETURN(auto shape, ShapeOf(*arguments[2]));
  YARD_ASSIGN_OR_RETURN(Object * array, EmptyArray());
  YARD_ASSIGN_OR_RETURN(std::string data, TakeBytes(*arguments[0], *array));
  const std::string& order = arguments[3]->text;
  YARD_RETURN_IF_ERROR(
      SetArray(*array, *arguments[1], std::move(shape), order == "F", std::move(data)));
  const bool is_permuted = order == "K" && arguments.size() == 5 && IsSequence(*arguments[4]);
  if (!is_permuted) return array;
  YARD_ASSIGN_OR_RETURN(const auto axes, ShapeOf(*arguments[4]));
  YARD_ASSIGN_OR_RETURN(Object * permuted, EmptyArray());
  YARD_RETURN_IF_ERROR(factory_.Spend(array->array.data.size()));
  YARD_ASSIGN_OR_RETURN(permuted->array, Transpose(array->array, axes));
  return permuted;
}

Result<Object*> NumpyObjects::Scalar(const Object& dtype, const Object& data) {
  if (!IsDtype(dtype)) return Malformed("a scalar has no dtype");
  if (IsObjectDtype(dtype.text)) return &ObjectFactory::Mutable(data);
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, BytesOf(data));
  YARD_RETURN_IF_ERROR(factory_.Spend(bytes.size() + CopySize(dtype.array.dtype)));
  YARD_ASSIGN_OR_RETURN(NumericArray array,
                        MakeArray(dtype.array.dtype, {}, false, std::string(bytes)));
  YARD_ASSIGN_OR_RETURN(Object * scalar, factory_.New(ObjectKind::kNone));
  YARD_RETURN_IF_ERROR(SetScalar(*scalar, std::move(array)));
  return scalar;
}

Result<bool> NumpyObjects::Fill(Object& target, const Object& state) {
  if (target.is(ObjectKind::kArray) || target.is(ObjectKind::kObjectArray)) {
    YARD_RETURN_IF_ERROR(FillArray(target, state));
    return true;
  }
  if (IsDtype(target)) {
    YARD_RETURN_IF_ERROR(FillDtype(target, state));
    return true;
  }
  if (IsMaskedArray(target)) {
    YARD_RETURN_IF_ERROR(FillMaskedArray(target, state));
    return true;
  }
  return false;
}

// (version, byte order, subarray, names, fields, item size, alignment, flags[, metadata])
Result<void> NumpyObjects::FillDtype(Object& dtype, const Object& state) {
  const bool is_state = state.is(ObjectKind::kTuple) && state.items.size() >= 5 &&
                        state.items[1]->is(ObjectKind::kString);
  if (!is_state) return Malformed("a dtype has a broken state");
  const Object& names = *state.items[3];
  const Object& fields = *state.items[4];
  Dtype& record = dtype.array.dtype;
  record.big_endian = state.items[1]->text == ">" && record.item_size > 1;
  constexpr int64_t kMaxItemSize = int64_t{1} << 30;
  const bool has_size = state.items.size() > 5 && state.items[5]->is(ObjectKind::kInteger) &&
                        state.items[5]->integer > 0 && state.items[5]->integer <= kMaxItemSize;
  const bool is_sized_type = record.type == ScalarType::kText || record.type == ScalarType::kBytes;
  if (has_size && is_sized_type) record.item_size = static_cast<size_t>(state.items[5]->integer);
  if (!IsObjectDtype(dtype.text)) dtype.text = DescribeDtype(record);
  if (!names.is(ObjectKind::kTuple)) return {};
  if (!fields.is(ObjectKind::kDict)) return Malformed("a record dtype has no fields");
  // Each name is looked up among all fields, so both must be few.
  constexpr size_t kMaxFields = 4096;
  if (names.items.size() > kMaxFields || fields.entries.size() > kMaxFields)
    return Malformed("a record dtype has too many fields");
  record.fields.clear();
  record.type = ScalarType::kBytes;
  YARD_RETURN_IF_ERROR(AddFields(record, names, fields));
  return factory_.Spend(CopySize(record));
}

struct NumpyObjects::ArrayState {
  const Object* shape;
  const Object* dtype;
  const Object* fortran_order;
  const Object* data;

  // ([version,] shape, dtype, fortran order, data)
  static std::optional<ArrayState> Of(const Object& state, size_t extra_items) {
    if (!state.is(ObjectKind::kTuple) || state.items.size() < extra_items) return std::nullopt;
    const size_t count = state.items.size() - extra_items;
    if (count != 4 && count != 5) return std::nullopt;
    const Object* const* first = state.items.data() + (count - 4);
    if (!IsDtype(*first[1]) || !IsFlag(*first[2])) return std::nullopt;
    return ArrayState{first[0], first[1], first[2], first[3]};
  }
};

Result<void> NumpyObjects::FillArray(Object& array, const Object& state) {
  const auto parts = ArrayState::Of(state, 0);
  if (!parts) return Malformed("an array has a broken state");
  YARD_ASSIGN_OR_RETURN(auto shape, ShapeOf(*parts->shape));
  if (parts->data->is(ObjectKind::kList))
    return SetObjectArray(array, std::move(shape), *parts->data);
  if (IsObjectDtype(parts->dtype->text)) return Malformed("an array of objects has bytes");
  YARD_ASSIGN_OR_RETURN(std::string data, TakeBytes(*parts->data, array));
  return SetArray(array, *parts->dtype, std::move(shape), FlagOf(*parts->fortran_order),
                  std::move(data));
}

// The state of an array, then the mask's bytes and the fill value.
Result<void> NumpyObjects::FillMaskedArray(Object& instance, const Object& state) {
  const auto parts = ArrayState::Of(state, 2);
  if (!parts) return Malformed("a masked array has a broken state");
  YARD_ASSIGN_OR_RETURN(const auto shape, ShapeOf(*parts->shape));
  const bool fortran_order = FlagOf(*parts->fortran_order);
  YARD_ASSIGN_OR_RETURN(Object * values, EmptyArray());
  if (parts->data->is(ObjectKind::kList)) {
    YARD_RETURN_IF_ERROR(SetObjectArray(*values, shape, *parts->data));
  } else {
    YARD_ASSIGN_OR_RETURN(std::string data, TakeBytes(*parts->data, *values));
    YARD_RETURN_IF_ERROR(SetArray(*values, *parts->dtype, shape, fortran_order, std::move(data)));
  }
  YARD_ASSIGN_OR_RETURN(Object * mask, EmptyArray());
  YARD_ASSIGN_OR_RETURN(const Object* mask_dtype, MakeDtype("|b1"));
  YARD_ASSIGN_OR_RETURN(std::string mask_data,
                        TakeBytes(*state.items[state.items.size() - 2], *mask));
  YARD_RETURN_IF_ERROR(SetArray(*mask, *mask_dtype, shape, fortran_order, std::move(mask_data)));
  YARD_ASSIGN_OR_RETURN(Object * attributes, factory_.New(ObjectKind::kDict));
  YARD_ASSIGN_OR_RETURN(const Object* data_name, factory_.String("data"));
  YARD_ASSIGN_OR_RETURN(const Object* mask_name, factory_.String("mask"));
  attributes->entries = {{data_name, values}, {mask_name, mask}};
  instance.state = attributes;
  return {};
}

Result<void> NumpyObjects::SetArray(Object& target, const Object& dtype, std::vector<size_t> shape,
                                    bool fortran_order, std::string data) {
  YARD_RETURN_IF_ERROR(factory_.Spend(CopySize(dtype.array.dtype)));
  YARD_ASSIGN_OR_RETURN(
      target.array, MakeArray(dtype.array.dtype, std::move(shape), fortran_order, std::move(data)));
  target.kind = ObjectKind::kArray;
  target.items.clear();
  return {};
}

Result<void> NumpyObjects::SetObjectArray(Object& target, std::vector<size_t> shape,
                                          const Object& elements) {
  YARD_ASSIGN_OR_RETURN(const size_t bytes, ByteSize(shape, sizeof(Object*)));
  if (bytes != elements.items.size() * sizeof(Object*))
    return Malformed("an array has not the elements that its shape needs");
  YARD_RETURN_IF_ERROR(factory_.Spend(bytes));
  target.kind = ObjectKind::kObjectArray;
  target.array = {};
  target.array.shape = std::move(shape);
  target.items = elements.items;
  return {};
}

Result<void> NumpyObjects::NoteReference(Object& object) {
  if (!object.is(ObjectKind::kBytes)) return {};
  if (const auto moved = moved_.find(&object); moved != moved_.end()) {
    YARD_RETURN_IF_ERROR(factory_.Spend(moved->second->array.data.size()));
    object.text = moved->second->array.data;
    moved_.erase(moved);
  }
  if (object.text.size() >= kSmallestMove) referenced_.insert(&object);
  return {};
}

Result<std::string_view> NumpyObjects::BytesOf(const Object& source) const {
  if (!source.is(ObjectKind::kBytes) && !source.is(ObjectKind::kString))
    return Malformed("an array has no bytes");
  const auto moved = moved_.find(&source);
  return moved == moved_.end() ? std::string_view(source.text)
                               : std::string_view(moved->second->array.data);
}

Result<std::string> NumpyObjects::TakeBytes(const Object& source, const Object& new_owner) {
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, BytesOf(source));
  const bool can_move = source.is(ObjectKind::kBytes) && bytes.size() >= kSmallestMove &&
                        !referenced_.contains(&source) && !moved_.contains(&source);
  if (can_move) {
    moved_.emplace(&source, &new_owner);
    return std::exchange(ObjectFactory::Mutable(source).text, {});
  }
  YARD_RETURN_IF_ERROR(factory_.Spend(bytes.size()));
  if (source.is(ObjectKind::kString)) return Utf8ToLatin1(bytes);
  return std::string(bytes);
}

}  // namespace yard::inference::formats
