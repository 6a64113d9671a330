#include "inference/formats/python_literal.h"

#include <cctype>
#include <charconv>

#include "inference/formats/pickle_text.h"

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Broken() {
  return base::InvalidArgument("a header is no Python literal").WithReason("bad_literal");
}

class LiteralParser {
 public:
  LiteralParser(ObjectFactory& factory, std::string_view text) : factory_(factory), text_(text) {}

  Result<const Object*> Parse() {
    YARD_ASSIGN_OR_RETURN(const Object* value, Value(0));
    SkipSpace();
    if (!text_.empty()) return Broken();
    return value;
  }

 private:
  Result<const Object*> Value(int depth) {
    constexpr int kMaxDepth = 16;
    if (depth > kMaxDepth) return Broken();
    SkipSpace();
    if (Accept("True")) return factory_.Bool(true);
    if (Accept("False")) return factory_.Bool(false);
    if (Accept("None")) return factory_.None();
    if (Accept("(")) return Sequence(ObjectKind::kTuple, ')', depth);
    if (Accept("[")) return Sequence(ObjectKind::kList, ']', depth);
    if (Accept("{")) return Dict(depth);
    if (text_.starts_with('\'') || text_.starts_with('"')) return String();
    return Integer();
  }

  Result<const Object*> Sequence(ObjectKind kind, char end, int depth) {
    YARD_ASSIGN_OR_RETURN(Object * sequence, factory_.New(kind));
    while (!AcceptEnd(end)) {
      YARD_ASSIGN_OR_RETURN(const Object* item, Value(depth + 1));
      sequence->items.push_back(item);
      YARD_RETURN_IF_ERROR(Separator(end));
    }
    return sequence;
  }

  Result<const Object*> Dict(int depth) {
    YARD_ASSIGN_OR_RETURN(Object * dict, factory_.New(ObjectKind::kDict));
    while (!AcceptEnd('}')) {
      YARD_ASSIGN_OR_RETURN(const Object* key, Value(depth + 1));
      SkipSpace();
      if (!Accept(":")) return Broken();
      YARD_ASSIGN_OR_RETURN(const Object* value, Value(depth + 1));
      dict->entries.emplace_back(key, value);
      YARD_RETURN_IF_ERROR(Separator('}'));
    }
    return dict;
  }

  Result<const Object*> String() {
    const char quote = text_.front();
    size_t end = 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return Broken();
    YARD_ASSIGN_OR_RETURN(std::string value, ParseQuoted(text_.substr(0, end + 1)));
    text_.remove_prefix(end + 1);
    YARD_ASSIGN_OR_RETURN(const Object* string, factory_.String(std::move(value)));
    return string;
  }

  Result<const Object*> Integer() {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) return Broken();
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    Accept("L");  // Python 2's long
    YARD_ASSIGN_OR_RETURN(const Object* integer, factory_.Integer(value));
    return integer;
  }

  // A comma, or the end of the sequence, which stays.
  Result<void> Separator(char end) {
    SkipSpace();
    if (Accept(",") || text_.starts_with(end)) return {};
    return Broken();
  }

  bool AcceptEnd(char end) {
    SkipSpace();
    return Accept(std::string_view(&end, 1));
  }

  bool Accept(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void SkipSpace() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0)
      text_.remove_prefix(1);
  }

  ObjectFactory& factory_;
  std::string_view text_;
};

}  // namespace

Result<const Object*> ParsePythonLiteral(ObjectFactory& factory, std::string_view text) {
  return LiteralParser(factory, text).Parse();
}

}  // namespace yard::inference::formats
