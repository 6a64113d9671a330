#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json/reader.h"
#include "base/json/value.h"
#include "base/json/writer.h"
#include "base/result.h"

/// A struct whose fields are named once can be read from JSON, read from a query string and written
/// as JSON:
///
///   struct LogMetricRequest {
///     Required<std::string> run_id;
///     Required<double> value;
///     int64_t step = 0;                       // absent: the default stays
///     std::optional<std::string> model_id;    // absent: empty; not written when empty
///     std::vector<Tag> tags;                  // of described structs, strings or numbers
///   };
///   YARD_DESCRIBE(LogMetricRequest, run_id, value, step, model_id, tags)
///
/// Reading: unknown members are ignored, null counts as absent, a number may come as a string ("5",
/// "NaN", "Infinity") and the other way round a string may not come as a number. Errors are
/// kInvalidArgument with the detail "parameter": reason "missing_field" when a Required field is
/// absent, "wrong_type" (with the detail "value", the JSON that was there) when it does not fit.
namespace yard::base::json {

/// A field that must be present.
template <typename T>
class Required {
 public:
  Required() = default;
  Required(T value) : value_(std::move(value)), present_(true) {}

  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  operator const T&() const { return value_; }
  bool present() const { return present_; }
  void Set(T value) {
    value_ = std::move(value);
    present_ = true;
  }

 private:
  T value_{};
  bool present_ = false;
};

template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::* member;
};
template <typename Struct, typename Member>
constexpr Field<Struct, Member> MakeField(std::string_view name, Member Struct::* member) {
  return {name, member};
}

template <typename T>
concept Described = requires(const T* type) { YardFields(type); };

// The scalar rules, in described.cc.
Result<void> ReadScalar(Element element, std::string& out);
Result<void> ReadScalar(Element element, double& out);
Result<void> ReadScalar(Element element, int64_t& out);
Result<void> ReadScalar(Element element, int& out);
Result<void> ReadScalar(Element element, bool& out);
Result<void> ReadScalarText(std::string_view text, std::string& out);
Result<void> ReadScalarText(std::string_view text, double& out);
Result<void> ReadScalarText(std::string_view text, int64_t& out);
Result<void> ReadScalarText(std::string_view text, int& out);
Result<void> ReadScalarText(std::string_view text, bool& out);
Error MissingField(std::string_view name);
/// `error` as it looks from outside: the field's name in front of the inner path.
Error InField(Error error, std::string_view name);

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsRequired : std::false_type {};
template <typename T>
struct IsRequired<Required<T>> : std::true_type {};

template <Described T>
Result<T> Decode(Element element);

template <typename T>
Result<void> DecodeInto(Element element, T& out) {
  if constexpr (IsOptional<T>::value) {
    typename T::value_type inner{};
    YARD_RETURN_IF_ERROR(DecodeInto(element, inner));
    out = std::move(inner);
    return {};
  } else if constexpr (IsRequired<T>::value) {
    std::remove_cvref_t<decltype(*out)> inner{};
    YARD_RETURN_IF_ERROR(DecodeInto(element, inner));
    out.Set(std::move(inner));
    return {};
  } else if constexpr (IsVector<T>::value) {
    return element.ForEachItem(
        [&out](Element item) -> Result<void> { return DecodeInto(item, out.emplace_back()); });
  } else if constexpr (std::is_same_v<T, Value>) {
    YARD_ASSIGN_OR_RETURN(const std::string_view raw, element.Raw());
    YARD_ASSIGN_OR_RETURN(out, Parse(raw));
    return {};
  } else if constexpr (Described<T>) {
    YARD_ASSIGN_OR_RETURN(out, Decode<T>(element));
    return {};
  } else {
    return ReadScalar(element, out);
  }
}

template <Described T>
Result<void> CheckRequired(const T& object) {
  std::string_view missing;
  std::apply(
      [&](const auto&... fields) {
        const auto check = [&](const auto& field) {
          const auto& member = object.*field.member;
          if constexpr (IsRequired<std::remove_cvref_t<decltype(member)>>::value) {
            if (missing.empty() && !member.present()) missing = field.name;
          }
        };
        (check(fields), ...);
      },
      YardFields(static_cast<const T*>(nullptr)));
  if (!missing.empty()) return MissingField(missing);
  return {};
}

/// Reads one described struct from an object.
template <Described T>
Result<T> Decode(Element element) {
  T object{};
  YARD_RETURN_IF_ERROR(
      element.ForEachField([&object](std::string_view key, Element value) -> Result<void> {
        Result<void> result;
        std::apply(
            [&](const auto&... fields) {
              const auto take = [&](const auto& field) {
                if (field.name != key) return false;
                const auto is_null = value.IsNull();
                if (!is_null.ok()) {
                  result = is_null.error();
                } else if (!*is_null) {
                  auto read = DecodeInto(value, object.*field.member);
                  if (!read.ok()) result = InField(std::move(read).error(), field.name);
                }
                return true;
              };
              (take(fields) || ...);
            },
            YardFields(static_cast<const T*>(nullptr)));
        return result;
      }));
  YARD_RETURN_IF_ERROR(CheckRequired(object));
  return object;
}

/// Reads one described struct from a JSON text.
template <Described T>
Result<T> DecodeText(std::string_view text) {
  T object{};
  YARD_RETURN_IF_ERROR(Read(text, [&object](Element root) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(object, Decode<T>(root));
    return {};
  }));
  return object;
}

/// Reads one described struct from name/value pairs, such as a query string; a vector field
/// collects repeated names.
template <Described T, typename Pairs>
Result<T> DecodePairs(const Pairs& pairs) {
  T object{};
  for (const auto& [name, text] : pairs) {
    Result<void> result;
    std::apply(
        [&](const auto&... fields) {
          const auto take = [&](const auto& field) {
            if (field.name != name) return false;
            auto& member = object.*field.member;
            using Member = std::remove_cvref_t<decltype(member)>;
            if constexpr (IsRequired<Member>::value) {
              std::remove_cvref_t<decltype(*member)> inner{};
              if constexpr (requires { ReadScalarText(text, inner); }) {
                result = ReadScalarText(text, inner);
                if (result.ok()) member.Set(std::move(inner));
              }
            } else if constexpr (IsOptional<Member>::value) {
              typename Member::value_type inner{};
              if constexpr (requires { ReadScalarText(text, inner); }) {
                result = ReadScalarText(text, inner);
                if (result.ok()) member = std::move(inner);
              }
            } else if constexpr (IsVector<Member>::value) {
              typename Member::value_type inner{};
              if constexpr (requires { ReadScalarText(text, inner); }) {
                result = ReadScalarText(text, inner);
                if (result.ok()) member.push_back(std::move(inner));
              }
            } else if constexpr (requires { ReadScalarText(text, member); }) {
              result = ReadScalarText(text, member);
            }
            if (!result.ok()) result = InField(std::move(result).error(), field.name);
            return true;
          };
          (take(fields) || ...);
        },
        YardFields(static_cast<const T*>(nullptr)));
    YARD_RETURN_IF_ERROR(result);
  }
  YARD_RETURN_IF_ERROR(CheckRequired(object));
  return object;
}

template <Described T>
void Encode(Writer& writer, const T& object);

template <typename T>
void EncodeValue(Writer& writer, const T& value) {
  if constexpr (IsRequired<T>::value) {
    EncodeValue(writer, *value);
  } else if constexpr (IsOptional<T>::value) {
    value ? EncodeValue(writer, *value) : void(writer.Null());
  } else if constexpr (IsVector<T>::value) {
    writer.BeginArray();
    for (const auto& item : value) EncodeValue(writer, item);
    writer.EndArray();
  } else if constexpr (std::is_same_v<T, Value>) {
    value.Write(writer);
  } else if constexpr (Described<T>) {
    Encode(writer, value);
  } else if constexpr (std::is_same_v<T, bool>) {
    writer.Bool(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    writer.Double(value);
  } else if constexpr (std::is_integral_v<T>) {
    writer.Integer(static_cast<int64_t>(value));
  } else {
    writer.String(value);
  }
}

/// Writes a described struct as an object; empty optionals are left out.
template <Described T>
void Encode(Writer& writer, const T& object) {
  writer.BeginObject();
  std::apply(
      [&](const auto&... fields) {
        const auto put = [&](const auto& field) {
          const auto& member = object.*field.member;
          if constexpr (IsOptional<std::remove_cvref_t<decltype(member)>>::value) {
            if (!member) return;
          }
          EncodeValue(writer.Key(field.name), member);
        };
        (put(fields), ...);
      },
      YardFields(static_cast<const T*>(nullptr)));
  writer.EndObject();
}

template <Described T>
std::string EncodeText(const T& object, NonFinite non_finite = NonFinite::kString) {
  std::string text;
  Writer writer(text, non_finite);
  Encode(writer, object);
  return text;
}

}  // namespace yard::base::json

// YARD_DESCRIBE(Type, a, b, c): names the fields of Type, at namespace scope beside it. Up to 40
// fields.
#define YARD_PARENTHESES ()
#define YARD_EXPAND(...) YARD_EXPAND3(YARD_EXPAND3(YARD_EXPAND3(__VA_ARGS__)))
#define YARD_EXPAND3(...) YARD_EXPAND2(YARD_EXPAND2(YARD_EXPAND2(__VA_ARGS__)))
#define YARD_EXPAND2(...) YARD_EXPAND1(YARD_EXPAND1(YARD_EXPAND1(__VA_ARGS__)))
#define YARD_EXPAND1(...) __VA_ARGS__
#define YARD_FIELDS(Type, ...) __VA_OPT__(YARD_EXPAND(YARD_FIELDS_STEP(Type, __VA_ARGS__)))
#define YARD_FIELDS_STEP(Type, name, ...)           \
  ::yard::base::json::MakeField(#name, &Type::name) \
      __VA_OPT__(, YARD_FIELDS_AGAIN YARD_PARENTHESES(Type, __VA_ARGS__))
#define YARD_FIELDS_AGAIN() YARD_FIELDS_STEP
#define YARD_DESCRIBE(Type, ...)                            \
  [[maybe_unused]] constexpr auto YardFields(const Type*) { \
    return std::tuple(YARD_FIELDS(Type, __VA_ARGS__));      \
  }
