#include "protocols/scoring/cells.h"

#include <algorithm>
#include <string>

namespace yard::protocols::scoring {

namespace {

using base::json::Element;
using base::json::Kind;

struct Token {
  std::string_view python;
  std::string_view json;
};
constexpr Token kTokens[] = {{"NaN", "null"}, {"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}};

/// The end of the string that opens at `begin`.
size_t EndOfString(std::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

const Token* TokenAt(std::string_view text) {
  for (const auto& token : kTokens) {
    if (text.starts_with(token.python)) return &token;
  }
  return nullptr;
}

}  // namespace

base::Result<void> SetCell(serving::FrameBuilder& builder, size_t slot, Element cell) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, cell.kind());
  switch (kind) {
    case Kind::kNumber: {
      YARD_ASSIGN_OR_RETURN(const double number, cell.Double());
      return builder.SetNumber(slot, number);
    }
    case Kind::kString: {
      YARD_ASSIGN_OR_RETURN(const std::string_view text, cell.String());
      return builder.SetText(slot, text);
    }
    case Kind::kBool: {
      YARD_ASSIGN_OR_RETURN(const bool value, cell.Bool());
      return builder.SetBoolean(slot, value);
    }
    case Kind::kNull:
      builder.SetMissing(slot);
      return {};
    case Kind::kObject:
    case Kind::kArray:
      break;
  }
  return base::InvalidArgument("a cell must be a number, text, a boolean or null")
      .WithReason("nested_cell");
}

base::Result<void> SetCellsByName(serving::FrameBuilder& builder, Element row) {
  return row.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
    const auto slot = builder.SlotOf(name);
    if (slot) return SetCell(builder, *slot, value);
    builder.Ignore(name);
    return {};
  });
}

std::optional<std::string> WithoutPythonTokens(std::string_view text) {
  if (text.find("NaN") == text.npos && text.find("Infinity") == text.npos) return std::nullopt;
  std::string plain;
  plain.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      const size_t end = EndOfString(text, at);
      plain.append(text.substr(at, end - at));
      at = end;
    } else if (const Token* const token = TokenAt(text.substr(at))) {
      plain.append(token->json);
      at += token->python.size();
    } else {
      plain.push_back(text[at++]);
    }
  }
  return plain;
}

}  // namespace yard::protocols::scoring
