#include "base/json/reader.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <simdjson.h>

namespace yard::base::json {

namespace ondemand = simdjson::ondemand;

struct ElementAccess {
  static Element Make(ondemand::value value) {
    static_assert(sizeof(ondemand::value) <= sizeof(Element::storage_));
    static_assert(std::is_trivially_copyable_v<ondemand::value>);
    Element element;
    new (element.storage_.data()) ondemand::value(value);
    return element;
  }
  static ondemand::value& Get(Element& element) {
    return *std::launder(reinterpret_cast<ondemand::value*>(element.storage_.data()));
  }
};

namespace {

constexpr size_t kMaxDepth = 256;

Error NotJson(simdjson::error_code error) {
  return InvalidArgument("not valid JSON", {"problem", simdjson::error_message(error)})
      .WithReason("malformed_json");
}

Error WrongType(std::string_view expected) {
  return InvalidArgument("a value of another type was expected",
                         {"expected", std::string(expected)})
      .WithReason("wrong_type");
}

// One parser and one padded buffer for each nesting level of Read on this thread.
struct ReadState {
  ondemand::parser parser{simdjson::SIMDJSON_MAXSIZE_BYTES};
  std::string buffer;
};

class StateLease {
 public:
  StateLease() {
    auto& pool = Pool();
    if (pool.empty()) {
      state_ = std::make_unique<ReadState>();
      return;
    }
    state_ = std::move(pool.back());
    pool.pop_back();
  }
  ~StateLease() {
    constexpr size_t kKeepBytes = 256 * 1024;
    if (state_->buffer.capacity() <= kKeepBytes && state_->parser.capacity() <= kKeepBytes)
      Pool().push_back(std::move(state_));
  }
  StateLease(const StateLease&) = delete;
  StateLease& operator=(const StateLease&) = delete;
  ReadState& operator*() { return *state_; }

 private:
  static std::vector<std::unique_ptr<ReadState>>& Pool() {
    thread_local std::vector<std::unique_ptr<ReadState>> pool;
    return pool;
  }
  std::unique_ptr<ReadState> state_;
};

}  // namespace

Result<Kind> Element::kind() {
  ondemand::json_type type;
  if (const auto error = ElementAccess::Get(*this).type().get(type)) return NotJson(error);
  switch (type) {
    case ondemand::json_type::object:
      return Kind::kObject;
    case ondemand::json_type::array:
      return Kind::kArray;
    case ondemand::json_type::string:
      return Kind::kString;
    case ondemand::json_type::number:
      return Kind::kNumber;
    case ondemand::json_type::boolean:
      return Kind::kBool;
    case ondemand::json_type::null:
      return Kind::kNull;
  }
  return WrongType("any");
}

Result<std::string_view> Element::String() {
  std::string_view text;
  if (const auto error = ElementAccess::Get(*this).get_string().get(text)) {
    return error == simdjson::INCORRECT_TYPE ? WrongType("string") : NotJson(error);
  }
  return text;
}

Result<double> Element::Double() {
  double number = 0;
  if (const auto error = ElementAccess::Get(*this).get_double().get(number)) {
    return error == simdjson::INCORRECT_TYPE || error == simdjson::NUMBER_ERROR
               ? WrongType("number")
               : NotJson(error);
  }
  return number;
}

Result<int64_t> Element::Integer() {
  int64_t integer = 0;
  if (!ElementAccess::Get(*this).get_int64().get(integer)) return integer;
  double number = 0;
  if (ElementAccess::Get(*this).get_double().get(number)) return WrongType("integer");
  const bool fits = number >= -9.2e18 && number <= 9.2e18 && std::floor(number) == number;
  if (!fits) return WrongType("integer");
  return static_cast<int64_t>(number);
}

Result<bool> Element::Bool() {
  bool value = false;
  if (const auto error = ElementAccess::Get(*this).get_bool().get(value)) {
    return error == simdjson::INCORRECT_TYPE ? WrongType("boolean") : NotJson(error);
  }
  return value;
}

Result<bool> Element::IsNull() {
  YARD_ASSIGN_OR_RETURN(const Kind found, kind());
  return found == Kind::kNull;
}

Result<std::string_view> Element::Raw() {
  auto& value = ElementAccess::Get(*this);
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return NotJson(error);
  std::string_view text;
  simdjson::error_code error = simdjson::SUCCESS;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    error = value.get_object().get(object);
    if (!error) error = object.raw_json().get(text);
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    error = value.get_array().get(array);
    if (!error) error = array.raw_json().get(text);
  } else {
    text = value.raw_json_token();
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                             text.back() == '\t'))
      text.remove_suffix(1);
  }
  if (error) return NotJson(error);
  return text;
}

Result<void> Element::ForEachField(
    FunctionRef<Result<void>(std::string_view key, Element value)> visit) {
  ondemand::object object;
  if (const auto error = ElementAccess::Get(*this).get_object().get(object)) {
    return error == simdjson::INCORRECT_TYPE ? WrongType("object") : NotJson(error);
  }
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (const auto error = field.unescaped_key().get(key)) return NotJson(error);
    if (const auto error = field.value().get(value)) return NotJson(error);
    YARD_RETURN_IF_ERROR(visit(key, ElementAccess::Make(value)));
  }
  return {};
}

Result<void> Element::ForEachItem(FunctionRef<Result<void>(Element item)> visit) {
  ondemand::array array;
  if (const auto error = ElementAccess::Get(*this).get_array().get(array)) {
    return error == simdjson::INCORRECT_TYPE ? WrongType("array") : NotJson(error);
  }
  for (auto item : array) {
    ondemand::value value;
    if (const auto error = item.get(value)) return NotJson(error);
    YARD_RETURN_IF_ERROR(visit(ElementAccess::Make(value)));
  }
  return {};
}

Result<void> Read(std::string_view text, FunctionRef<Result<void>(Element root)> visit) {
  StateLease lease;
  ReadState& state = *lease;
  state.buffer.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  state.buffer.assign(text);
  if (state.parser.capacity() < text.size() || state.parser.max_depth() != kMaxDepth) {
    if (const auto error = state.parser.allocate(std::max<size_t>(text.size(), 1024), kMaxDepth))
      return NotJson(error);
  }
  ondemand::document document;
  const simdjson::padded_string_view padded(state.buffer.data(), text.size(),
                                            text.size() + simdjson::SIMDJSON_PADDING);
  if (const auto error = state.parser.iterate(padded).get(document)) return NotJson(error);
  ondemand::value root;
  if (const auto error = document.get_value().get(root)) {
    return error == simdjson::SCALAR_DOCUMENT_AS_VALUE ? WrongType("object") : NotJson(error);
  }
  YARD_RETURN_IF_ERROR(visit(ElementAccess::Make(root)));
  // A visitor that only looked at the root leaves the position there; one that walked it must have
  // met the end of the text.
  const char* position = nullptr;
  const bool at_end = document.current_location().get(position) != simdjson::SUCCESS;
  const bool untouched =
      !at_end && position == state.buffer.data() + text.find_first_not_of(" \t\r\n");
  if (!at_end && !untouched) return NotJson(simdjson::TAPE_ERROR);
  return {};
}

}  // namespace yard::base::json
