#include "net/answer_head.h"

#include <algorithm>
#include <array>
#include <utility>

namespace yard::net {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 36> kStatusTexts = {{
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

constexpr std::array<std::string_view, 5> kFramingFields = {"Content-Length", "Transfer-Encoding",
                                                            "Connection", "Date", "X-Request-Id"};

bool IsFramingField(std::string_view name) {
  return std::any_of(kFramingFields.begin(), kFramingFields.end(),
                     [&](std::string_view field) { return EqualsIgnoringCase(field, name); });
}

void AppendText(std::string& head, std::string_view text) {
  for (const char c : text) head += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  AppendText(head, name);
  head += ": ";
  AppendText(head, value);
  head += "\r\n";
}

void AppendFraming(std::string& head, const AnswerFraming& framing) {
  if (framing.content_length)
    AppendField(head, "Content-Length", std::to_string(*framing.content_length));
  if (framing.is_chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!framing.keeps_alive) head += "Connection: close\r\n";
  if (framing.keeps_alive && !framing.is_http_1_1) head += "Connection: keep-alive\r\n";
  AppendField(head, "Date", framing.date);
  AppendField(head, "X-Request-Id", framing.request_id);
}

}  // namespace

std::string_view StatusText(int status) {
  const auto found = std::find_if(kStatusTexts.begin(), kStatusTexts.end(),
                                  [&](const auto& entry) { return entry.first == status; });
  return found == kStatusTexts.end() ? "Unknown" : found->second;
}

std::string FormatAnswerHead(const Response& response, const AnswerFraming& framing) {
  std::string head;
  head.reserve(384);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += StatusText(response.status);
  head += "\r\n";
  bool has_sniff_rule = false;
  bool has_frame_rule = false;
  for (const auto& [name, value] : response.headers.all()) {
    if (IsFramingField(name)) continue;
    has_sniff_rule |= EqualsIgnoringCase(name, "X-Content-Type-Options");
    has_frame_rule |= EqualsIgnoringCase(name, "X-Frame-Options");
    AppendField(head, name, value);
  }
  AppendFraming(head, framing);
  if (!has_sniff_rule) head += "X-Content-Type-Options: nosniff\r\n";
  if (!has_frame_rule) head += "X-Frame-Options: SAMEORIGIN\r\n";
  head += "\r\n";
  return head;
}

}  // namespace yard::net
