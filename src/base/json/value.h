#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/writer.h"
#include "base/result.h"

namespace yard::base::json {

class Value;
using Array = std::vector<Value>;
/// Members in the order of the document.
using Object = std::vector<std::pair<std::string, Value>>;

/// A whole document as a tree: for free-form documents and configuration. Hot paths use json::Read
/// instead.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int64_t value) : data_(value) {}
  Value(int value) : data_(static_cast<int64_t>(value)) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Each returns null when the value is of another kind.
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const int64_t* as_integer() const { return std::get_if<int64_t>(&data_); }
  const double* as_double() const { return std::get_if<double>(&data_); }
  const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  const Object* as_object() const { return std::get_if<Object>(&data_); }
  Array* as_array() { return std::get_if<Array>(&data_); }
  Object* as_object() { return std::get_if<Object>(&data_); }

  /// Integer or double as a double; `otherwise` for any other kind.
  double number_or(double otherwise) const;
  int64_t integer_or(int64_t otherwise) const;
  std::string_view string_or(std::string_view otherwise) const;
  bool bool_or(bool otherwise) const;

  /// The first member of that name of an object; null when there is none or this is no object.
  const Value* Find(std::string_view key) const;
  /// The member, or a null value.
  const Value& operator[](std::string_view key) const;

  /// Writes the value with `writer`.
  void Write(Writer& writer) const;
  std::string ToJson(NonFinite non_finite = NonFinite::kString) const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> data_;
};

/// Parses any JSON document, scalars too. `max_depth` bounds nesting. Errors: kInvalidArgument.
Result<Value> Parse(std::string_view text, int max_depth = 128);

}  // namespace yard::base::json
