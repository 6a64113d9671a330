#include "inference/estimators/attributes.h"

#include <algorithm>
#include <cmath>

#include "inference/formats/text_encoding.h"

namespace yard::inference::estimators {
namespace {

using formats::NumericArray;
using formats::Object;
using formats::ObjectKind;
using formats::ScalarType;

Value NumberValue(double number) { return {Value::Kind::kNumber, number, {}}; }
Value TextValue(std::string text) { return {Value::Kind::kText, 0, std::move(text)}; }

base::Result<std::vector<Value>> TextsOfArray(const NumericArray& array) {
  std::vector<Value> values;
  const size_t size = array.dtype.item_size;
  values.reserve(array.size());
  for (size_t i = 0; i < array.size(); ++i) {
    const std::string_view bytes = std::string_view(array.data).substr(i * size, size);
    YARD_ASSIGN_OR_RETURN(std::string text, formats::Ucs4ToUtf8(bytes, array.dtype.big_endian));
    values.push_back(TextValue(std::move(text)));
  }
  return values;
}

base::Result<std::vector<Value>> ValuesOfArray(const NumericArray& array) {
  if (array.dtype.fields.empty() && array.dtype.type == ScalarType::kText) {
    return TextsOfArray(array);
  }
  YARD_ASSIGN_OR_RETURN(const std::vector<double> numbers, array.AsDoubles());
  std::vector<Value> values;
  values.reserve(numbers.size());
  for (const double number : numbers) values.push_back(NumberValue(number));
  return values;
}

bool IsSequence(const Object& object) {
  return object.is(ObjectKind::kList) || object.is(ObjectKind::kTuple) ||
         object.is(ObjectKind::kObjectArray);
}

base::Result<Predictions::Kind> KindOfArray(const NumericArray& array) {
  switch (array.dtype.type) {
    case ScalarType::kBool:
      return Predictions::Kind::kBoolean;
    case ScalarType::kText:
      return Predictions::Kind::kText;
    case ScalarType::kFloat16:
    case ScalarType::kFloat32:
    case ScalarType::kFloat64:
      return Predictions::Kind::kReal;
    case ScalarType::kBytes:
      return base::Unimplemented("classes that are bytes are not supported");
    default:
      return Predictions::Kind::kInteger;
  }
}

base::Result<Predictions::Kind> KindOfScalar(const Object& object) {
  switch (object.kind) {
    case ObjectKind::kBool:
      return Predictions::Kind::kBoolean;
    case ObjectKind::kInteger:
      return Predictions::Kind::kInteger;
    case ObjectKind::kReal:
      return Predictions::Kind::kReal;
    case ObjectKind::kString:
      return Predictions::Kind::kText;
    default:
      return base::Unimplemented("classes must be numbers, booleans or text");
  }
}

base::Result<Predictions::Kind> KindOfClasses(const Object& classes) {
  if (classes.is(ObjectKind::kArray)) return KindOfArray(classes.array);
  if (!IsSequence(classes) || classes.items.empty()) {
    return base::InvalidArgument("classes must be an array that is not empty");
  }
  YARD_ASSIGN_OR_RETURN(const Predictions::Kind kind, KindOfScalar(*classes.items.front()));
  for (const Object* item : classes.items) {
    YARD_ASSIGN_OR_RETURN(const Predictions::Kind other, KindOfScalar(*item));
    if (other != kind) return base::Unimplemented("classes of mixed types are not supported");
  }
  return kind;
}

}  // namespace

bool Value::is_missing() const {
  return kind == Kind::kNone || (kind == Kind::kNumber && std::isnan(number));
}

base::Result<Value> ReadValue(const Object& object) {
  switch (object.kind) {
    case ObjectKind::kNone:
      return Value{};
    case ObjectKind::kBool:
      return NumberValue(object.boolean ? 1 : 0);
    case ObjectKind::kInteger:
      return NumberValue(static_cast<double>(object.integer));
    case ObjectKind::kReal:
      return NumberValue(object.real);
    case ObjectKind::kString:
      return TextValue(object.text);
    case ObjectKind::kArray: {
      YARD_ASSIGN_OR_RETURN(std::vector<Value> values, ValuesOfArray(object.array));
      if (values.size() == 1) return std::move(values.front());
      break;
    }
    default:
      break;
  }
  return base::Unimplemented("a value is neither a number nor text");
}

base::Result<std::vector<Value>> ReadValues(const Object& object) {
  if (object.is(ObjectKind::kArray)) return ValuesOfArray(object.array);
  if (!IsSequence(object)) return base::InvalidArgument("an array of values was expected");
  std::vector<Value> values;
  values.reserve(object.items.size());
  for (const Object* item : object.items) {
    YARD_ASSIGN_OR_RETURN(Value value, ReadValue(*item));
    values.push_back(std::move(value));
  }
  return values;
}

base::Result<std::string> TextOr(const Object& object, std::string_view name,
                                 std::string_view otherwise) {
  if (IsNone(object, name)) return std::string(otherwise);
  return formats::StringAttribute(object, name);
}

base::Result<bool> FlagOr(const Object& object, std::string_view name, bool otherwise) {
  if (IsNone(object, name)) return otherwise;
  return formats::BoolAttribute(object, name);
}

bool IsNone(const Object& object, std::string_view name) {
  const Object* value = formats::FindAttribute(object, name);
  return value == nullptr || value->is(ObjectKind::kNone);
}

base::Result<std::vector<std::string>> FeatureNames(const Object& estimator) {
  std::vector<std::string> names;
  if (IsNone(estimator, "feature_names_in_")) return names;
  YARD_ASSIGN_OR_RETURN(const Object* array, formats::Attribute(estimator, "feature_names_in_"));
  YARD_ASSIGN_OR_RETURN(std::vector<Value> values, ReadValues(*array));
  for (Value& value : values) {
    if (value.kind != Value::Kind::kText) {
      return BadAttribute(estimator, "feature_names_in_", "feature names must be text");
    }
    names.push_back(std::move(value.text));
  }
  return names;
}

base::Result<size_t> FeatureCount(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const int64_t count,
                        formats::IntegerAttribute(estimator, "n_features_in_"));
  if (count < 0 || count > static_cast<int64_t>(kMaxFeatures)) {
    return BadAttribute(estimator, "n_features_in_", "the number of features is out of range");
  }
  return static_cast<size_t>(count);
}

base::Result<Classes> ReadClasses(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* array, formats::Attribute(object, name));
  Classes classes;
  YARD_ASSIGN_OR_RETURN(classes.kind, KindOfClasses(*array));
  YARD_ASSIGN_OR_RETURN(std::vector<Value> values, ReadValues(*array));
  if (values.empty()) return BadAttribute(object, name, "a classifier without classes");
  for (Value& value : values) {
    if (classes.kind == Predictions::Kind::kText) {
      classes.texts.push_back(std::move(value.text));
    } else {
      classes.numbers.push_back(value.number);
    }
  }
  return classes;
}

base::Result<std::vector<double>> DoublesOfSize(const Object& object, std::string_view name,
                                                size_t count) {
  YARD_ASSIGN_OR_RETURN(std::vector<double> values, formats::DoublesAttribute(object, name));
  if (values.size() == count) return values;
  return BadAttribute(object, name, "an array has the wrong length");
}

base::Result<std::vector<const Object*>> ItemsOf(const Object& object, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const Object* list, formats::Attribute(object, name));
  if (!IsSequence(*list)) return BadAttribute(object, name, "a list was expected");
  return list->items;
}

base::Error BadAttribute(const Object& object, std::string_view name, std::string problem) {
  return base::InvalidArgument(std::move(problem), {"attribute", std::string(name)},
                               {"class", object.QualifiedName()})
      .WithReason("bad_attribute");
}

base::Error UnsupportedParameter(std::string_view name, std::string_view value) {
  return base::Unimplemented("the parameter " + std::string(name) + "=" + std::string(value) +
                             " is not supported")
      .WithReason("unsupported_parameter");
}

}  // namespace yard::inference::estimators
