#include "base/result.h"

namespace yard::base {
namespace {

Error Make(Code code, std::string message, Detail first, Detail second) {
  std::vector<Detail> details;
  if (!first.name.empty()) details.push_back(std::move(first));
  if (!second.name.empty()) details.push_back(std::move(second));
  return Error(code, std::move(message), std::move(details));
}

}  // namespace

std::string_view CodeName(Code code) {
  switch (code) {
    case Code::kCancelled:
      return "CANCELLED";
    case Code::kUnknown:
      return "UNKNOWN";
    case Code::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case Code::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case Code::kNotFound:
      return "NOT_FOUND";
    case Code::kAlreadyExists:
      return "ALREADY_EXISTS";
    case Code::kPermissionDenied:
      return "PERMISSION_DENIED";
    case Code::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case Code::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case Code::kAborted:
      return "ABORTED";
    case Code::kOutOfRange:
      return "OUT_OF_RANGE";
    case Code::kUnimplemented:
      return "UNIMPLEMENTED";
    case Code::kInternal:
      return "INTERNAL";
    case Code::kUnavailable:
      return "UNAVAILABLE";
    case Code::kDataLoss:
      return "DATA_LOSS";
    case Code::kUnauthenticated:
      return "UNAUTHENTICATED";
  }
  return "UNKNOWN";
}

Error::Error(Code code, std::string message, std::vector<Detail> details)
    : code_(code), message_(std::move(message)), details_(std::move(details)) {}

std::string_view Error::detail(std::string_view name) const {
  for (const Detail& detail : details_) {
    if (detail.name == name) return detail.value;
  }
  return {};
}

Error Error::WithReason(std::string reason) && {
  reason_ = std::move(reason);
  return std::move(*this);
}

Error Error::With(Detail detail) && {
  details_.push_back(std::move(detail));
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text(CodeName(code_));
  text += ": ";
  text += message_;
  if (details_.empty()) return text;
  char separator = '(';
  for (const Detail& detail : details_) {
    text += separator == '(' ? " (" : ", ";
    separator = ',';
    text += detail.name + "=" + detail.value;
  }
  return text + ")";
}

#define YARD_DEFINE_ERROR(Name)                                                          \
  Error Name(std::string message, Detail first, Detail second) {                         \
    return Make(Code::k##Name, std::move(message), std::move(first), std::move(second)); \
  }
YARD_DEFINE_ERROR(InvalidArgument)
YARD_DEFINE_ERROR(DeadlineExceeded)
YARD_DEFINE_ERROR(NotFound)
YARD_DEFINE_ERROR(AlreadyExists)
YARD_DEFINE_ERROR(PermissionDenied)
YARD_DEFINE_ERROR(ResourceExhausted)
YARD_DEFINE_ERROR(FailedPrecondition)
YARD_DEFINE_ERROR(Aborted)
YARD_DEFINE_ERROR(OutOfRange)
YARD_DEFINE_ERROR(Unimplemented)
YARD_DEFINE_ERROR(Internal)
YARD_DEFINE_ERROR(Unavailable)
YARD_DEFINE_ERROR(DataLoss)
#undef YARD_DEFINE_ERROR

}  // namespace yard::base
