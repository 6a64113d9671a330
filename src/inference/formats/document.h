#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::inference::formats {

struct DocumentMember;

/// A document whose weight is long lists of numbers, such as a model of trees, read from JSON or
/// UBJSON. A list of numbers is one vector, not one value each.
struct DocumentValue {
  enum class Kind { kNull, kBool, kNumber, kString, kNumbers, kList, kObject };
  Kind kind = Kind::kNull;
  double number = 0;            // also of kBool
  std::string text;             // of kString
  std::vector<double> numbers;  // of kNumbers; float32 numbers are exact
  std::vector<DocumentValue> items;
  std::vector<DocumentMember> members;

  DocumentValue();
  ~DocumentValue();
  DocumentValue(const DocumentValue&);
  DocumentValue& operator=(const DocumentValue&);
  DocumentValue(DocumentValue&&) noexcept;
  DocumentValue& operator=(DocumentValue&&) noexcept;

  /// The member of that name; null when there is none.
  const DocumentValue* Find(std::string_view name) const;
  /// Find, from object to object; null when a step is missing.
  const DocumentValue* FindPath(std::initializer_list<std::string_view> names) const;
};

struct DocumentMember {
  std::string name;
  DocumentValue value;
};

/// What a document may cost.
struct DocumentLimits {
  size_t max_values = 2'000'000;  // list elements that are numbers are not counted
  int max_depth = 64;
  /// Members of these names are passed over wherever they stand.
  std::vector<std::string_view> skipped_names;
};

/// Errors of both: kInvalidArgument (reason "malformed_document"), kResourceExhausted over a limit.
/// A number with a fraction or an exponent is read as float32, the type of the trees' values.
base::Result<DocumentValue> ReadJsonDocument(std::string_view text, const DocumentLimits& limits);
base::Result<DocumentValue> ReadUbjsonDocument(std::string_view bytes,
                                               const DocumentLimits& limits);

}  // namespace yard::inference::formats
