#include "tracking/search/token.h"

#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace yard::tracking {
namespace {

constexpr std::array<std::pair<std::string_view, TokenKind>, 8> kKeywords = {{
    {"and", TokenKind::kAnd},
    {"or", TokenKind::kOr},
    {"not", TokenKind::kNot},
    {"in", TokenKind::kIn},
    {"like", TokenKind::kLike},
    {"ilike", TokenKind::kIlike},
    {"is", TokenKind::kIs},
    {"null", TokenKind::kNull},
}};

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c) || c == '.'; }

bool EqualsIgnoringCase(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) != lower[i]) return false;
  }
  return true;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      const size_t position = at_;
      YARD_ASSIGN_OR_RETURN(Token token, Next());
      token.position = position;
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::kEnd) return tokens;
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  base::Result<Token> Next() {
    if (at_ == text_.size()) return Token{};
    const char c = Peek();
    if (IsLetter(c)) return Word();
    if (c == '`') return BareQuoted();
    if (c == '\'' || c == '"') return String(c);
    if (StartsNumber()) return Number();
    return Symbol();
  }

  bool StartsNumber() const {
    const size_t sign = Peek() == '-' ? 1 : 0;
    return IsDigit(Peek(sign)) || (Peek(sign) == '.' && IsDigit(Peek(sign + 1)));
  }

  base::Result<Token> Word() {
    const size_t start = at_;
    while (IsWordByte(Peek())) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    for (const auto& [keyword, kind] : kKeywords) {
      if (EqualsIgnoringCase(word, keyword)) return Token{.kind = kind, .text = std::string(word)};
    }
    return Identifier(word);
  }

  base::Result<Token> Identifier(std::string_view word) {
    Token token{.kind = TokenKind::kIdentifier};
    const size_t dot = word.find('.');
    if (dot == std::string_view::npos) {
      token.text = word;
      return token;
    }
    token.entity = word.substr(0, dot);
    token.text = word.substr(dot + 1);
    if (token.text.empty() && (Peek() == '`' || Peek() == '"')) {
      YARD_ASSIGN_OR_RETURN(token.text, Quoted(Peek()));
    }
    if (token.text.empty()) return BadFilter("a name must follow the dot", at_);
    return token;
  }

  base::Result<Token> BareQuoted() {
    YARD_ASSIGN_OR_RETURN(std::string name, Quoted('`'));
    return Token{.kind = TokenKind::kIdentifier, .text = std::move(name)};
  }

  base::Result<Token> String(char quote) {
    YARD_ASSIGN_OR_RETURN(std::string content, Quoted(quote));
    return Token{
        .kind = TokenKind::kString, .text = std::move(content), .is_double_quoted = quote == '"'};
  }

  // There is no escape: a doubled quote does not end the text and stays doubled.
  base::Result<std::string> Quoted(char quote) {
    const size_t start = ++at_;
    while (at_ < text_.size()) {
      if (text_[at_] != quote) {
        ++at_;
      } else if (Peek(1) == quote) {
        at_ += 2;
      } else {
        return std::string(text_.substr(start, at_++ - start));
      }
    }
    return BadFilter("a quote is not closed", start - 1);
  }

  base::Result<Token> Number() {
    const size_t start = at_;
    Token token{.kind = TokenKind::kNumber};
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const auto [stop, failure] = std::from_chars(begin, end, token.number);
    at_ += static_cast<size_t>(stop - begin);
    if (failure != std::errc() || IsWordByte(Peek())) return BadFilter("not a number", start);
    token.text = text_.substr(start, at_ - start);
    return token;
  }

  base::Result<Token> Symbol() {
    switch (Peek()) {
      case '(':
        return Single(TokenKind::kLeftParen);
      case ')':
        return Single(TokenKind::kRightParen);
      case ',':
        return Single(TokenKind::kComma);
      default:
        return Comparator();
    }
  }

  Token Single(TokenKind kind) { return Token{.kind = kind, .text = std::string(1, text_[at_++])}; }

  base::Result<Token> Comparator() {
    const size_t start = at_;
    while (Peek() == '=' || Peek() == '<' || Peek() == '>' || Peek() == '!') ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    for (const std::string_view known : {"=", "!=", "<", "<=", ">", ">="}) {
      if (text == known) return Token{.kind = TokenKind::kComparator, .text = std::string(text)};
    }
    return BadFilter("unexpected characters", start);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

base::Error BadFilter(std::string message, size_t position) {
  return base::InvalidArgument(std::move(message), {"position", std::to_string(position)})
      .WithReason("bad_filter");
}

base::Result<std::vector<Token>> Tokenize(std::string_view text) {
  if (text.size() > kMaxFilterBytes) return BadFilter("the text is too long", kMaxFilterBytes);
  return Lexer(text).Run();
}

}  // namespace yard::tracking
