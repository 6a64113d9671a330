#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace yard::base {

/// The sixteen canonical codes. Each protocol maps them once to its own statuses.
enum class Code {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// The canonical upper-case name, such as "NOT_FOUND".
std::string_view CodeName(Code code);

/// One fact about an error: the field, file or limit it speaks of.
struct Detail {
  std::string name;
  std::string value;

  friend bool operator==(const Detail&, const Detail&) = default;
};

/// Why something failed. `reason` is a stable machine-readable token ("run_not_found"); `message`
/// is for people: lower-case start, no final period, and it names the remedy when there is one.
class Error {
 public:
  Error(Code code, std::string message, std::vector<Detail> details = {});

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& reason() const { return reason_; }
  const std::vector<Detail>& details() const { return details_; }

  /// The value of the first detail of that name, or an empty string.
  std::string_view detail(std::string_view name) const;

  /// The same error with a reason token.
  Error WithReason(std::string reason) &&;
  /// The same error with one more detail at the end.
  Error With(Detail detail) &&;

  /// "NOT_FOUND: no such run (run_id=abc)": for logs and command lines.
  std::string ToString() const;

 private:
  Code code_;
  std::string message_;
  std::string reason_;
  std::vector<Detail> details_;
};

// One maker a code, with up to any number of details: NotFound("no such run", {"run_id", id}).
template <typename... Details>
Error MakeError(Code code, std::string message, Details&&... details) {
  return Error(code, std::move(message),
               std::vector<Detail>{Detail(std::forward<Details>(details))...});
}
Error InvalidArgument(std::string message, Detail first = {}, Detail second = {});
Error DeadlineExceeded(std::string message, Detail first = {}, Detail second = {});
Error NotFound(std::string message, Detail first = {}, Detail second = {});
Error AlreadyExists(std::string message, Detail first = {}, Detail second = {});
Error PermissionDenied(std::string message, Detail first = {}, Detail second = {});
Error ResourceExhausted(std::string message, Detail first = {}, Detail second = {});
Error FailedPrecondition(std::string message, Detail first = {}, Detail second = {});
Error Aborted(std::string message, Detail first = {}, Detail second = {});
Error OutOfRange(std::string message, Detail first = {}, Detail second = {});
Error Unimplemented(std::string message, Detail first = {}, Detail second = {});
Error Internal(std::string message, Detail first = {}, Detail second = {});
Error Unavailable(std::string message, Detail first = {}, Detail second = {});
Error DataLoss(std::string message, Detail first = {}, Detail second = {});

/// A value or the reason why there is none. Asking for the value of an error aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // Implicit from a value and from an error, so that functions read `return row;` and `return
  // NotFound(...)`.
  template <typename U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  template <typename U>
  T value_or(U&& other) const& {
    return ok() ? value() : static_cast<T>(std::forward<U>(other));
  }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace yard::base

#define YARD_CONCAT_INNER(a, b) a##b
#define YARD_CONCAT(a, b) YARD_CONCAT_INNER(a, b)

/// Leaves the calling function with the error of `expression`, if it has one.
/// The expression may be a lambda that uses the macro itself.
#define YARD_RETURN_IF_ERROR(...) \
  YARD_RETURN_IF_ERROR_INNER(YARD_CONCAT(yard_result_, __COUNTER__), __VA_ARGS__)
#define YARD_RETURN_IF_ERROR_INNER(result, ...)                                      \
  do {                                                                               \
    if (auto result = (__VA_ARGS__); !result.ok()) return std::move(result).error(); \
  } while (false)

/// YARD_ASSIGN_OR_RETURN(const Run run, store.Get(id)): declares `run`, or leaves with the error.
#define YARD_ASSIGN_OR_RETURN(declaration, ...) \
  YARD_ASSIGN_OR_RETURN_INNER(YARD_CONCAT(yard_result_, __COUNTER__), declaration, __VA_ARGS__)
#define YARD_ASSIGN_OR_RETURN_INNER(result, declaration, ...) \
  auto result = (__VA_ARGS__);                                \
  if (!result.ok()) return std::move(result).error();         \
  declaration = std::move(result).value()
