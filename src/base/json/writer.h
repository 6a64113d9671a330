#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace yard::base::json {

/// How a number that JSON cannot express is written.
enum class NonFinite {
  kString,  // "NaN", "Infinity", "-Infinity": protobuf's JSON, which MLflow's clients read
  kToken,   // NaN, Infinity, -Infinity: Python's json
  kNull,
};

/// Appends compact JSON to a string. Commas are placed by the writer; the caller keeps Begin and
/// End in pairs and writes a Key before every member. Doubles are written in the shortest form that
/// reads back to the same bits. Not thread-safe.
class Writer {
 public:
  explicit Writer(std::string& out, NonFinite non_finite = NonFinite::kString)
      : out_(out), non_finite_(non_finite) {}

  Writer& BeginObject();
  Writer& EndObject();
  Writer& BeginArray();
  Writer& EndArray();
  Writer& Key(std::string_view key);
  Writer& String(std::string_view text);
  Writer& Double(double value);
  Writer& Integer(int64_t value);
  Writer& Bool(bool value);
  Writer& Null();
  /// Text that is JSON already, as one value.
  Writer& Raw(std::string_view json);

  // Key and value in one call.
  Writer& Member(std::string_view key, std::string_view value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, const char* value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, const std::string& value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, std::same_as<bool> auto value) {
    return Key(key).Bool(value);
  }
  Writer& Member(std::string_view key, std::floating_point auto value) {
    return Key(key).Double(value);
  }
  template <std::integral Int>
    requires(!std::same_as<Int, bool>)
  Writer& Member(std::string_view key, Int value) {
    return Key(key).Integer(static_cast<int64_t>(value));
  }

 private:
  void Separate();

  std::string& out_;
  NonFinite non_finite_;
  bool needs_comma_ = false;
};

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so the
/// result is always valid JSON.
void AppendQuoted(std::string& out, std::string_view text);

}  // namespace yard::base::json
