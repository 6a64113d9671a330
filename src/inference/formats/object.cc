#include "inference/formats/object.h"

#include <algorithm>

namespace yard::inference::formats {
namespace {

base::Error BadAttribute(const Object& object, std::string_view name, std::string problem) {
  return base::InvalidArgument(std::move(problem), {"attribute", std::string(name)},
                               {"class", object.QualifiedName()})
      .WithReason("bad_attribute");
}

// The value of a key of a dict; the last one wins, as in Python.
const Object* FindKey(const Object& dict, std::string_view name) {
  const auto found =
      std::find_if(dict.entries.rbegin(), dict.entries.rend(), [name](const auto& entry) {
        return entry.first->is(ObjectKind::kString) && entry.first->text == name;
      });
  return found == dict.entries.rend() ? nullptr : found->second;
}

// A state is a dict, or a pair of dicts when the class has slots.
const Object* FindInState(const Object& state, std::string_view name) {
  if (state.is(ObjectKind::kDict)) return FindKey(state, name);
  if (!state.is(ObjectKind::kTuple)) return nullptr;
  for (const Object* part : state.items) {
    if (!part->is(ObjectKind::kDict)) continue;
    if (const Object* found = FindKey(*part, name)) return found;
  }
  return nullptr;
}

std::optional<double> NumberOf(const Object& value) {
  switch (value.kind) {
    case ObjectKind::kReal:
      return value.real;
    case ObjectKind::kInteger:
      return static_cast<double>(value.integer);
    case ObjectKind::kBool:
      return value.boolean ? 1.0 : 0.0;
    default:
      return std::nullopt;
  }
}

std::optional<int64_t> IntegerOf(const Object& value) {
  if (value.is(ObjectKind::kInteger)) return value.integer;
  if (value.is(ObjectKind::kBool)) return value.boolean ? 1 : 0;
  return std::nullopt;
}

bool IsSequence(const Object& value) {
  return value.is(ObjectKind::kList) || value.is(ObjectKind::kTuple) ||
         value.is(ObjectKind::kObjectArray);
}

template <typename T, typename Scalar, typename Array>
base::Result<std::vector<T>> VectorAttribute(const Object& object, std::string_view name,
                                             Scalar scalar_of, Array array_of) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (value->is(ObjectKind::kArray)) {
    auto read = array_of(value->array);
    if (!read.ok()) return BadAttribute(object, name, read.error().message());
    return read;
  }
  if (const auto scalar = scalar_of(*value)) return std::vector<T>{*scalar};
  if (!IsSequence(*value)) return BadAttribute(object, name, "an array of numbers was expected");
  std::vector<T> numbers;
  numbers.reserve(value->items.size());
  for (const Object* item : value->items) {
    const auto number = scalar_of(*item);
    if (!number) return BadAttribute(object, name, "a sequence of numbers was expected");
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

std::string Object::QualifiedName() const {
  if (kind == ObjectKind::kSymbol) return module.empty() ? text : module + "." + text;
  if (symbol == nullptr || !symbol->is(ObjectKind::kSymbol)) return {};
  return symbol->QualifiedName();
}

std::string_view Object::ClassName() const {
  if (kind != ObjectKind::kInstance || symbol == nullptr || !symbol->is(ObjectKind::kSymbol))
    return {};
  const std::string_view name = symbol->text;
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

Object& ObjectGraph::New(ObjectKind kind) {
  Object& object = objects_.emplace_back();
  object.kind = kind;
  return object;
}

const Object* FindAttribute(const Object& object, std::string_view name) {
  if (object.is(ObjectKind::kDict)) return FindKey(object, name);
  if (object.is(ObjectKind::kInstance) && object.state != nullptr)
    return FindInState(*object.state, name);
  return nullptr;
}

base::Result<const Object*> Attribute(const Object& object, std::string_view name) {
  if (const Object* found = FindAttribute(object, name)) return found;
  return BadAttribute(object, name, "an attribute that the model needs is missing");
}

base::Result<double> RealAttribute(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (const auto number = NumberOf(*value)) return *number;
  if (value->is(ObjectKind::kArray) && value->array.size() == 1) {
    const auto numbers = value->array.AsDoubles();
    if (numbers.ok()) return numbers->front();
  }
  return BadAttribute(object, name, "a number was expected");
}

base::Result<int64_t> IntegerAttribute(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (const auto integer = IntegerOf(*value)) return *integer;
  if (value->is(ObjectKind::kArray) && value->array.size() == 1) {
    const auto numbers = value->array.AsIntegers();
    if (numbers.ok()) return numbers->front();
  }
  return BadAttribute(object, name, "an integer was expected");
}

base::Result<bool> BoolAttribute(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (value->is(ObjectKind::kBool)) return value->boolean;
  if (value->is(ObjectKind::kInteger)) return value->integer != 0;
  return BadAttribute(object, name, "a boolean was expected");
}

base::Result<std::string> StringAttribute(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (value->is(ObjectKind::kString)) return value->text;
  return BadAttribute(object, name, "a string was expected");
}

base::Result<std::vector<double>> DoublesAttribute(const Object& object, std::string_view name) {
  return VectorAttribute<double>(object, name, NumberOf,
                                 [](const NumericArray& array) { return array.AsDoubles(); });
}

base::Result<std::vector<int64_t>> IntegersAttribute(const Object& object, std::string_view name) {
  return VectorAttribute<int64_t>(object, name, IntegerOf,
                                  [](const NumericArray& array) { return array.AsIntegers(); });
}

base::Result<const NumericArray*> ArrayAttribute(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* value, Attribute(object, name));
  if (value->is(ObjectKind::kArray)) return &value->array;
  return BadAttribute(object, name, "an array was expected");
}

}  // namespace yard::inference::formats
