#include "net/ranged_file.h"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "base/ids.h"
#include "base/log.h"
#include "net/byte_ranges.h"
#include "net/entity_tag.h"
#include "net/file_source.h"
#include "net/http_date.h"

namespace yard::net {
namespace {

struct FileFacts {
  uint64_t size = 0;
  int64_t modified_seconds = 0;
  std::string etag;
};

std::string MadeETag(const struct stat& status) {
  return '"' + std::to_string(status.st_size) + '-' + std::to_string(status.st_ino) + '-' +
         std::to_string(status.st_mtim.tv_sec) + '.' + std::to_string(status.st_mtim.tv_nsec) + '"';
}

base::Result<FileFacts> Look(const ServedFile& file) {
  struct stat status{};
  if (stat(file.path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)
      return base::NotFound("no such file", {"path", file.path});
    return base::Internal("the file cannot be read: " + std::generic_category().message(errno),
                          {"path", file.path});
  }
  if (!S_ISREG(status.st_mode))
    return base::FailedPrecondition("the path is no regular file", {"path", file.path})
        .WithReason("is_a_directory");
  return FileFacts{static_cast<uint64_t>(status.st_size), status.st_mtim.tv_sec,
                   file.etag.empty() ? MadeETag(status) : file.etag};
}

bool IsToken(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                              "XYZ0123456789!#$&+-.^_`|~") == std::string_view::npos;
}

bool IsPlainAscii(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E || c == '"' || c == '\\') return false;
  }
  return true;
}

/// RFC 6266: a token or quoted string, and the extended form for names beyond ASCII.
std::string Disposition(std::string_view name) {
  if (IsToken(name)) return "attachment; filename=" + std::string(name);
  if (IsPlainAscii(name)) return "attachment; filename=\"" + std::string(name) + '"';
  return "attachment; filename*=UTF-8''" + PercentEncode(name);
}

void AddValidators(Response& response, const FileFacts& facts) {
  response.headers.Add("ETag", facts.etag);
  response.headers.Add("Last-Modified", FormatHttpDate(facts.modified_seconds));
  response.headers.Add("Accept-Ranges", "bytes");
}

/// RFC 9110 section 13.2.2: If-None-Match decides alone when it is there.
bool IsUnchanged(const Request& request, const FileFacts& facts) {
  if (const auto tags = request.headers.Get("If-None-Match")) return MatchesETag(*tags, facts.etag);
  const auto since = request.headers.Get("If-Modified-Since");
  const auto seconds = since ? ParseHttpDate(*since) : std::nullopt;
  return seconds && facts.modified_seconds <= *seconds;
}

/// If-Range needs the very same file: a strong ETag or the exact date.
bool RangeIsMeant(const Request& request, const FileFacts& facts) {
  const auto condition = request.headers.Get("If-Range");
  if (!condition) return true;
  return *condition == facts.etag || ParseHttpDate(*condition) == facts.modified_seconds;
}

std::optional<std::vector<ByteRange>> WantedRanges(const Request& request, const FileFacts& facts) {
  const auto header = request.headers.Get("Range");
  if (!header || request.method != Method::kGet || !RangeIsMeant(request, facts))
    return std::nullopt;
  return ParseRanges(*header, facts.size);
}

std::string ContentRange(const ByteRange& range, uint64_t size) {
  return "bytes " + std::to_string(range.offset) + '-' +
         std::to_string(range.offset + range.size - 1) + '/' + std::to_string(size);
}

Response Unsatisfiable(uint64_t size) {
  Response response = Response::Empty(416);
  response.headers.Add("Content-Range", "bytes */" + std::to_string(size));
  return response;
}

/// The parts of a multipart/byteranges body (RFC 9110 section 14.6): the text before each range,
/// and the text at the end.
struct Multipart {
  std::string path;
  std::vector<std::pair<std::string, ByteRange>> parts;
  std::string ending;

  uint64_t size() const {
    uint64_t total = ending.size();
    for (const auto& [head, range] : parts) total += head.size() + range.size;
    return total;
  }
};

Multipart MakeMultipart(const ServedFile& file, const std::vector<ByteRange>& ranges,
                        uint64_t file_size, const std::string& boundary) {
  Multipart multipart{file.path, {}, "\r\n--" + boundary + "--\r\n"};
  for (const ByteRange& range : ranges) {
    std::string head = multipart.parts.empty() ? "--" : "\r\n--";
    head += boundary + "\r\nContent-Type: " + file.content_type +
            "\r\nContent-Range: " + ContentRange(range, file_size) + "\r\n\r\n";
    multipart.parts.emplace_back(std::move(head), range);
  }
  return multipart;
}

/// False when the client is gone or the file cannot be read any more.
bool SendRange(const std::string& path, const ByteRange& range, StreamWriter& writer) {
  FileSource source({path, range.offset, range.size});
  while (!source.done()) {
    const auto piece = source.Next();
    if (!piece) {
      base::Log(base::LogLevel::kError, "a file could not be sent",
                {{"error", piece.error().ToString()}});
      return false;
    }
    if (!writer.Write(*piece)) return false;
  }
  return true;
}

void SendMultipart(const Multipart& multipart, StreamWriter& writer) {
  for (const auto& [head, range] : multipart.parts) {
    if (!writer.Write(head) || !SendRange(multipart.path, range, writer)) return;
  }
  writer.Write(multipart.ending);
}

void SendSeveralRanges(Response& response, const ServedFile& file,
                       const std::vector<ByteRange>& ranges, uint64_t file_size) {
  const std::string boundary = base::RandomHex(13);
  auto multipart =
      std::make_shared<const Multipart>(MakeMultipart(file, ranges, file_size, boundary));
  response.headers.Set("Content-Type", "multipart/byteranges; boundary=" + boundary);
  response.headers.Add("Content-Length", std::to_string(multipart->size()));
  response.stream = [multipart](const std::shared_ptr<StreamWriter>& writer) {
    SendMultipart(*multipart, *writer);
  };
}

}  // namespace

base::Result<Response> ServeFile(const Request& request, const ServedFile& file) {
  YARD_ASSIGN_OR_RETURN(const FileFacts facts, Look(file));
  Response response;
  AddValidators(response, facts);
  if (IsUnchanged(request, facts)) {
    response.status = 304;
    return response;
  }
  const auto ranges = WantedRanges(request, facts);
  if (ranges && ranges->empty()) return Unsatisfiable(facts.size);
  response.headers.Add("Content-Type", file.content_type);
  if (!file.attachment_name.empty())
    response.headers.Add("Content-Disposition", Disposition(file.attachment_name));
  response.status = ranges ? 206 : 200;
  if (ranges && ranges->size() > 1) {
    SendSeveralRanges(response, file, *ranges, facts.size);
    return response;
  }
  const ByteRange range = ranges ? ranges->front() : ByteRange{0, facts.size};
  if (ranges) response.headers.Add("Content-Range", ContentRange(range, facts.size));
  response.file = Response::File{file.path, range.offset, range.size};
  return response;
}

}  // namespace yard::net
