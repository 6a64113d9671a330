#include "base/json/value.h"

#include <limits>

#include <simdjson.h>

namespace yard::base::json {
namespace {

Value FromElement(simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::OBJECT: {
      Object members;
      const simdjson::dom::object object = element.get_object().value_unsafe();
      for (const auto field : object)
        members.emplace_back(std::string(field.key), FromElement(field.value));
      return Value(std::move(members));
    }
    case simdjson::dom::element_type::ARRAY: {
      Array items;
      const simdjson::dom::array array = element.get_array().value_unsafe();
      for (const auto item : array) items.push_back(FromElement(item));
      return Value(std::move(items));
    }
    case simdjson::dom::element_type::STRING:
      return Value(element.get_string().value_unsafe());
    case simdjson::dom::element_type::INT64:
      return Value(element.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64:
      return Value(static_cast<double>(element.get_uint64().value_unsafe()));
    case simdjson::dom::element_type::DOUBLE:
      return Value(element.get_double().value_unsafe());
    case simdjson::dom::element_type::BOOL:
      return Value(element.get_bool().value_unsafe());
    case simdjson::dom::element_type::NULL_VALUE:
      return Value();
  }
  return Value();
}

const Value& NullValue() {
  static const Value value;
  return value;
}

}  // namespace

double Value::number_or(double otherwise) const {
  if (const auto* number = as_double()) return *number;
  if (const auto* integer = as_integer()) return static_cast<double>(*integer);
  return otherwise;
}

int64_t Value::integer_or(int64_t otherwise) const {
  return as_integer() ? *as_integer() : otherwise;
}

std::string_view Value::string_or(std::string_view otherwise) const {
  return as_string() ? std::string_view(*as_string()) : otherwise;
}

bool Value::bool_or(bool otherwise) const { return as_bool() ? *as_bool() : otherwise; }

const Value* Value::Find(std::string_view key) const {
  const Object* object = as_object();
  if (!object) return nullptr;
  for (const auto& [name, value] : *object) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Value& Value::operator[](std::string_view key) const {
  const Value* found = Find(key);
  return found ? *found : NullValue();
}

void Value::Write(Writer& writer) const {
  if (const auto* text = as_string()) {
    writer.String(*text);
  } else if (const auto* integer = as_integer()) {
    writer.Integer(*integer);
  } else if (const auto* number = as_double()) {
    writer.Double(*number);
  } else if (const auto* flag = as_bool()) {
    writer.Bool(*flag);
  } else if (const auto* items = as_array()) {
    writer.BeginArray();
    for (const Value& item : *items) item.Write(writer);
    writer.EndArray();
  } else if (const auto* members = as_object()) {
    writer.BeginObject();
    for (const auto& [key, value] : *members) value.Write(writer.Key(key));
    writer.EndObject();
  } else {
    writer.Null();
  }
}

std::string Value::ToJson(NonFinite non_finite) const {
  std::string text;
  Writer writer(text, non_finite);
  Write(writer);
  return text;
}

Result<Value> Parse(std::string_view text, int max_depth) {
  simdjson::dom::parser parser;
  if (const auto error =
          parser.allocate(std::max<size_t>(text.size(), 64), static_cast<size_t>(max_depth))) {
    return InvalidArgument("not valid JSON", {"problem", simdjson::error_message(error)})
        .WithReason("malformed_json");
  }
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return InvalidArgument("not valid JSON", {"problem", simdjson::error_message(error)})
        .WithReason("malformed_json");
  }
  return FromElement(root);
}

}  // namespace yard::base::json
