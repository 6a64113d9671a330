#include <algorithm>
#include <charconv>
#include <optional>

#include "base/json/reader.h"
#include "inference/formats/document.h"

namespace yard::inference::formats {
namespace {

using base::Result;
using base::json::Element;
using base::json::Kind;
using DocumentKind = DocumentValue::Kind;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_document");
}

// The value that the token has as float32, or as a whole number.
Result<double> ParseNumber(std::string_view token) {
  token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  const char* end = token.data() + token.size();
  const auto parse = [&](auto& number) {
    const auto [stop, error] = std::from_chars(token.data(), end, number);
    return error == std::errc() && stop == end;
  };
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  double whole = 0;
  if (is_whole && parse(whole)) return whole;
  float real = 0;
  if (parse(real)) return static_cast<double>(real);
  // Out of float32's range: the double keeps what the text says, and becomes 0 or infinity later.
  if (parse(whole)) return whole;
  return Malformed("a number cannot be read");
}

class JsonDocumentReader {
 public:
  explicit JsonDocumentReader(const DocumentLimits& limits) : limits_(limits) {}

  Result<DocumentValue> Read(Element element, int depth) {
    if (depth > limits_.max_depth) return Malformed("the document is nested too deeply");
    if (++values_ > limits_.max_values) {
      return base::ResourceExhausted("the document has too many values",
                                     {"limit", std::to_string(limits_.max_values)});
    }
    YARD_ASSIGN_OR_RETURN(const Kind kind, element.kind());
    switch (kind) {
      case Kind::kObject:
        return ReadObject(element, depth);
      case Kind::kArray:
        return ReadArray(element, depth);
      default:
        return ReadScalar(element, kind);
    }
  }

 private:
  Result<DocumentValue> ReadScalar(Element element, Kind kind) {
    DocumentValue value;
    if (kind == Kind::kString) {
      value.kind = DocumentKind::kString;
      YARD_ASSIGN_OR_RETURN(value.text, element.String());
    } else if (kind == Kind::kNumber) {
      value.kind = DocumentKind::kNumber;
      YARD_ASSIGN_OR_RETURN(value.number, Number(element));
    } else if (kind == Kind::kBool) {
      value.kind = DocumentKind::kBool;
      YARD_ASSIGN_OR_RETURN(const bool flag, element.Bool());
      value.number = flag ? 1 : 0;
    }
    return value;
  }

  Result<double> Number(Element element) {
    YARD_ASSIGN_OR_RETURN(const std::string_view token, element.Raw());
    return ParseNumber(token);
  }

  Result<DocumentValue> ReadObject(Element element, int depth) {
    DocumentValue object;
    object.kind = DocumentKind::kObject;
    YARD_RETURN_IF_ERROR(
        element.ForEachField([&](std::string_view key, Element member) -> Result<void> {
          const auto& skipped = limits_.skipped_names;
          if (std::find(skipped.begin(), skipped.end(), key) != skipped.end()) return {};
          std::string name(key);
          YARD_ASSIGN_OR_RETURN(DocumentValue value, Read(member, depth + 1));
          object.members.push_back({std::move(name), std::move(value)});
          return {};
        }));
    return object;
  }

  // The first element decides whether this is a list of numbers.
  Result<DocumentValue> ReadArray(Element element, int depth) {
    DocumentValue array;
    array.kind = DocumentKind::kNumbers;
    bool is_first = true;
    YARD_RETURN_IF_ERROR(element.ForEachItem([&](Element item) -> Result<void> {
      YARD_ASSIGN_OR_RETURN(const Kind kind, item.kind());
      const bool is_number = kind == Kind::kNumber;
      if (is_first && !is_number) array.kind = DocumentKind::kList;
      is_first = false;
      if (is_number != (array.kind == DocumentKind::kNumbers))
        return Malformed("a list mixes numbers with other values");
      if (is_number) {
        YARD_ASSIGN_OR_RETURN(const double number, Number(item));
        array.numbers.push_back(number);
        return {};
      }
      YARD_ASSIGN_OR_RETURN(DocumentValue value, Read(item, depth + 1));
      array.items.push_back(std::move(value));
      return {};
    }));
    return array;
  }

  const DocumentLimits& limits_;
  size_t values_ = 0;
};

}  // namespace

DocumentValue::DocumentValue() = default;
DocumentValue::~DocumentValue() = default;
DocumentValue::DocumentValue(const DocumentValue&) = default;
DocumentValue& DocumentValue::operator=(const DocumentValue&) = default;
DocumentValue::DocumentValue(DocumentValue&&) noexcept = default;
DocumentValue& DocumentValue::operator=(DocumentValue&&) noexcept = default;

const DocumentValue* DocumentValue::Find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [name](const auto& member) { return member.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

const DocumentValue* DocumentValue::FindPath(std::initializer_list<std::string_view> names) const {
  const DocumentValue* value = this;
  for (const std::string_view name : names) {
    value = value->Find(name);
    if (value == nullptr) return nullptr;
  }
  return value;
}

Result<DocumentValue> ReadJsonDocument(std::string_view text, const DocumentLimits& limits) {
  std::optional<DocumentValue> document;
  JsonDocumentReader reader(limits);
  YARD_RETURN_IF_ERROR(base::json::Read(text, [&](Element root) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(document, reader.Read(root, 0));
    return {};
  }));
  if (!document) return Malformed("the document is empty");
  return *std::move(document);
}

}  // namespace yard::inference::formats
