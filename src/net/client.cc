#include "net/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/client_connection.h"
#include "net/response_parser.h"
#include "net/url.h"

namespace yard::net {
namespace {

bool HasLineBreak(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

base::Result<void> CheckHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers.all()) {
    if (name.empty() || HasLineBreak(name) || HasLineBreak(value))
      return base::InvalidArgument("a header may not hold line breaks", {"header", name});
  }
  return {};
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

bool MayHaveBody(Method method) {
  return method != Method::kGet && method != Method::kHead && method != Method::kOptions;
}

std::string FormatHead(const ClientRequest& request, const Url& url) {
  std::string head(MethodName(request.method));
  head.append(" ").append(url.target).append(" HTTP/1.1\r\n");
  AppendField(head, "Host", url.authority());
  AppendField(head, "Connection", "close");
  if (!request.headers.Get("User-Agent")) AppendField(head, "User-Agent", "modelyard");
  if (!request.body.empty() || MayHaveBody(request.method))
    AppendField(head, "Content-Length", std::to_string(request.body.size()));
  for (const auto& [name, value] : request.headers.all()) AppendField(head, name, value);
  return head + "\r\n";
}

base::Result<Response> ReadAnswer(ClientConnection& connection, const ClientRequest& request) {
  ResponseParser parser(request.method, request.answer_limit_bytes);
  std::array<char, 16 * 1024> buffer;
  while (!parser.done()) {
    YARD_ASSIGN_OR_RETURN(const size_t count, connection.Receive(buffer));
    if (count == 0) {
      YARD_RETURN_IF_ERROR(parser.ReadEnd());
      break;
    }
    YARD_RETURN_IF_ERROR(parser.Read({buffer.data(), count}));
  }
  return parser.Take();
}

}  // namespace

base::Result<Response> Fetch(const ClientRequest& request) {
  YARD_ASSIGN_OR_RETURN(const Url url, ParseUrl(request.url));
  YARD_RETURN_IF_ERROR(CheckHeaders(request.headers));
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  YARD_ASSIGN_OR_RETURN(const auto connection, ClientConnection::Open(url, deadline));
  YARD_RETURN_IF_ERROR(connection->Send(FormatHead(request, url)));
  // A server may refuse a body before it has read it all: then its answer counts, not the failure.
  const auto sent = connection->Send(request.body);
  auto answer = ReadAnswer(*connection, request);
  if (!sent && !answer) return sent.error();
  return answer;
}

}  // namespace yard::net
