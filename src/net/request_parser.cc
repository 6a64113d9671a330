#include "net/request_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

namespace yard::net {
namespace http = boost::beast::http;
using Error = boost::beast::error_code;
using Text = boost::beast::string_view;

namespace {

std::string_view View(Text text) { return {text.data(), text.size()}; }

std::optional<Method> KnownMethod(std::string_view name) {
  static constexpr std::array kMethods = {Method::kGet,    Method::kHead,  Method::kPost,
                                          Method::kPut,    Method::kPatch, Method::kDelete,
                                          Method::kOptions};
  for (const Method method : kMethods) {
    if (MethodName(method) == name) return method;
  }
  return std::nullopt;
}

/// Splits "/a?b" and, as proxies send it, "http://host/a?b".
bool SplitTarget(Request& request) {
  std::string_view rest = request.target;
  if (rest == "*" && request.method == Method::kOptions) {
    request.path = rest;
    return true;
  }
  if (rest.starts_with("http://") || rest.starts_with("https://")) {
    const size_t slash = rest.find('/', rest.find("//") + 2);
    rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
  }
  if (rest.empty() || rest.front() != '/') return false;
  rest = rest.substr(0, rest.find('#'));
  const size_t mark = std::min(rest.find('?'), rest.size());
  request.path = rest.substr(0, mark);
  request.query = rest.substr(std::min(mark + 1, rest.size()));
  return true;
}

struct Failure {
  int status = 400;
  std::string_view text;
};

Failure FailureOf(const Error& error) {
  if (error == http::error::header_limit) return {431, "the head of the request is too large"};
  if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length)
    return {400, "bad or conflicting Content-Length"};
  if (error == http::error::bad_transfer_encoding)
    return {400, "bad or conflicting Transfer-Encoding"};
  return {400, "malformed HTTP request"};
}

}  // namespace

class RequestParser::Implementation final : public http::basic_parser<true> {
 public:
  explicit Implementation(size_t head_limit_bytes) : head_limit_bytes_(head_limit_bytes) {
    header_limit(static_cast<uint32_t>(head_limit_bytes));
    body_limit(boost::none);
    request_.headers = {};
  }

  Step ReadHead(std::string_view bytes) {
    eager(false);
    const Step step = Put(bytes);
    head_bytes_ += step.used;
    if (step.progress == Progress::kFailed) return step;
    if (head_bytes_ > head_limit_bytes_)
      return Fail(step, {431, "the head of the request is too large"});
    if (!is_header_done()) return step;
    if (failure_.text.empty()) failure_ = CheckHead();
    if (!failure_.text.empty()) return {step.used, Progress::kFailed};
    return {step.used, is_done() ? Progress::kDone : Progress::kHeadDone};
  }

  Step ReadBody(std::string_view bytes) {
    eager(true);
    const Step step = Put(bytes);
    if (step.progress == Progress::kFailed || is_done()) return step;
    if (bytes.size() - step.used > head_limit_bytes_)
      return Fail(step, {400, "the header of a chunk is too large"});
    return step;
  }

  const Failure& failure() const { return failure_; }
  Request& request() { return request_; }
  std::string& body() { return body_; }
  bool is_http_1_1() const { return version_ == 11; }

 private:
  Step Put(std::string_view bytes) {
    Error error;
    const size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != http::error::need_more) return Fail({used, {}}, FailureOf(error));
    return {used, is_done() ? Progress::kDone : Progress::kNeedsMore};
  }

  Step Fail(Step step, Failure failure) {
    failure_ = failure;
    return {step.used, Progress::kFailed};
  }

  Failure CheckHead() {
    if (!SplitTarget(request_)) return {400, "malformed request target"};
    if (has_transfer_encoding_ && !chunked()) return {501, "unknown Transfer-Encoding"};
    if (host_count_ > 1 || (host_count_ == 0 && version_ == 11))
      return {400, "exactly one Host header is required"};
    return {};
  }

  void on_request_impl(http::verb, Text method, Text target, int version, Error&) override {
    const auto known = KnownMethod(View(method));
    if (!known) failure_ = {501, "unknown method"};
    request_.method = known.value_or(Method::kGet);
    request_.target = View(target);
    version_ = version;
  }

  void on_field_impl(http::field field, Text name, Text value, Error&) override {
    if (head_done_) return;  // trailers say nothing that is used here
    if (field == http::field::host) ++host_count_;
    if (field == http::field::transfer_encoding) {
      has_transfer_encoding_ = true;
      if (!EqualsIgnoringCase(View(value), "chunked"))
        failure_ = {501, "unknown Transfer-Encoding"};
    }
    request_.headers.Add(std::string(View(name)), std::string(View(value)));
  }

  void on_header_impl(Error&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<uint64_t>&, Error&) override {}
  size_t on_body_impl(Text piece, Error&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(uint64_t, Text, Error&) override {}
  size_t on_chunk_body_impl(uint64_t, Text piece, Error&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(Error&) override {}
  void on_response_impl(int, Text, int, Error&) override {}

  size_t head_limit_bytes_;
  size_t head_bytes_ = 0;
  int version_ = 11;
  int host_count_ = 0;
  bool has_transfer_encoding_ = false;
  bool head_done_ = false;
  Failure failure_;
  Request request_;
  std::string body_;
};

RequestParser::RequestParser(size_t head_limit_bytes)
    : implementation_(std::make_unique<Implementation>(head_limit_bytes)) {}
RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::ReadHead(std::string_view bytes) {
  return implementation_->ReadHead(bytes);
}
RequestParser::Step RequestParser::ReadBody(std::string_view bytes) {
  return implementation_->ReadBody(bytes);
}
int RequestParser::failure_status() const { return implementation_->failure().status; }
std::string_view RequestParser::failure() const { return implementation_->failure().text; }
Request RequestParser::TakeRequest() { return std::move(implementation_->request()); }
bool RequestParser::keeps_alive() const { return implementation_->keep_alive(); }
bool RequestParser::is_http_1_1() const { return implementation_->is_http_1_1(); }
bool RequestParser::done() const { return implementation_->is_done(); }
std::string& RequestParser::body() { return implementation_->body(); }

std::optional<uint64_t> RequestParser::content_length() const {
  const auto length = implementation_->content_length();
  return length ? std::optional<uint64_t>(*length) : std::nullopt;
}

std::optional<uint64_t> RequestParser::content_length_remaining() const {
  const auto length = implementation_->content_length_remaining();
  return length ? std::optional<uint64_t>(*length) : std::nullopt;
}

}  // namespace yard::net
