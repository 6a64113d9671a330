#include "net/response_parser.h"

#include <string>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

namespace yard::net {
namespace http = boost::beast::http;
using SystemError = boost::beast::error_code;
using Text = boost::beast::string_view;

namespace {

constexpr uint32_t kHeadLimitBytes = 64 * 1024;

base::Error NoHttp(const SystemError& error) {
  return base::Unavailable("the answer is no proper HTTP: " + error.message());
}

}  // namespace

class ResponseParser::Implementation {
 public:
  Implementation(Method method, size_t body_limit_bytes)
      : method_(method), body_limit_bytes_(body_limit_bytes) {
    Restart();
  }

  base::Result<void> Read(std::string_view bytes) {
    pending_.append(bytes);
    while (!pending_.empty() && !done()) {
      SystemError error;
      const size_t used =
          message_->put(boost::asio::const_buffer(pending_.data(), pending_.size()), error);
      pending_.erase(0, used);
      if (error && error != http::error::need_more) return NoHttp(error);
      if (message_->response.body.size() > body_limit_bytes_)
        return base::ResourceExhausted("the answer is over the limit");
      if (message_->is_done() && IsInterim()) {
        Restart();
        continue;
      }
      if (error == http::error::need_more) break;
    }
    return {};
  }

  base::Result<void> ReadEnd() {
    SystemError error;
    if (!message_->got_some()) return base::Unavailable("the peer closed without an answer");
    message_->put_eof(error);
    if (error) return base::Unavailable("the answer broke off");
    return {};
  }

  bool done() const { return message_->is_done() && !IsInterim(); }
  Response Take() { return std::move(message_->response); }

 private:
  class Message final : public http::basic_parser<false> {
   public:
    Response response;

   private:
    void on_request_impl(http::verb, Text, Text, int, SystemError&) override {}
    void on_response_impl(int status, Text, int, SystemError&) override {
      response.status = status;
    }
    void on_field_impl(http::field, Text name, Text value, SystemError&) override {
      if (!head_done_)
        response.headers.Add(std::string(name.data(), name.size()),
                             std::string(value.data(), value.size()));
    }
    void on_header_impl(SystemError&) override { head_done_ = true; }
    void on_body_init_impl(const boost::optional<uint64_t>&, SystemError&) override {}
    size_t on_body_impl(Text piece, SystemError&) override { return Append(piece); }
    void on_chunk_header_impl(uint64_t, Text, SystemError&) override {}
    size_t on_chunk_body_impl(uint64_t, Text piece, SystemError&) override { return Append(piece); }
    void on_finish_impl(SystemError&) override {}

    size_t Append(Text piece) {
      response.body.append(piece.data(), piece.size());
      return piece.size();
    }

    bool head_done_ = false;
  };

  void Restart() {
    message_ = std::make_unique<Message>();
    message_->eager(true);
    message_->header_limit(kHeadLimitBytes);
    message_->body_limit(boost::none);
    message_->skip(method_ == Method::kHead);
  }

  bool IsInterim() const { return message_->response.status / 100 == 1; }

  Method method_;
  size_t body_limit_bytes_;
  std::string pending_;
  std::unique_ptr<Message> message_;
};

ResponseParser::ResponseParser(Method method, size_t body_limit_bytes)
    : implementation_(std::make_unique<Implementation>(method, body_limit_bytes)) {}
ResponseParser::~ResponseParser() = default;

base::Result<void> ResponseParser::Read(std::string_view bytes) {
  return implementation_->Read(bytes);
}
base::Result<void> ResponseParser::ReadEnd() { return implementation_->ReadEnd(); }
bool ResponseParser::done() const { return implementation_->done(); }
Response ResponseParser::Take() { return implementation_->Take(); }

}  // namespace yard::net
