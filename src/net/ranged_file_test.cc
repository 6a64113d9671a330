#include "net/ranged_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

using testing::HasSubstr;

/// A folder that is gone after the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "yard-net-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no scratch folder";
    path_ = name;
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string Write(const std::string& name, std::string_view content) const {
    const std::string path = path_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string Large() {
  std::string bytes;
  for (uint32_t i = 0; bytes.size() < 3'000'000; ++i)
    bytes += std::to_string(i * 2654435761u) + ",";
  return bytes;
}

class RangedFileTest : public ServerTest {
 protected:
  RangedFileTest() : small_(folder_.Write("a.txt", "overwrite!")) {
    large_content_ = Large();
    large_ = folder_.Write("large.bin", large_content_);
    AddRoute("/a.txt", {small_, "text/plain", "a.txt", ""});
    AddRoute("/large", {large_, "application/octet-stream", "", "\"large\""});
    Serve();
  }

  void AddRoute(std::string_view path, const ServedFile& file) {
    router.Get(path, [file](const Request& request) {
      auto response = ServeFile(request, file);
      return response ? *std::move(response) : Response::Empty(599);
    });
  }

  ScratchFolder folder_;
  std::string small_;
  std::string large_;
  std::string large_content_;
};

TEST_F(RangedFileTest, SendsAWholeFile) {
  const std::string answer = Get("/a.txt");
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(BodyOf(answer), "overwrite!");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), "10");
  EXPECT_EQ(FieldOf(answer, "Content-Type"), "text/plain");
  EXPECT_EQ(FieldOf(answer, "Content-Disposition"), "attachment; filename=a.txt");
  EXPECT_EQ(FieldOf(answer, "Accept-Ranges"), "bytes");
  EXPECT_THAT(FieldOf(answer, "Last-Modified"), HasSubstr("GMT"));
  EXPECT_NE(FieldOf(answer, "ETag"), "");
}

TEST_F(RangedFileTest, SendsALargeFileInPieces) {
  const std::string answer = Get("/large");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), std::to_string(large_content_.size()));
  EXPECT_TRUE(BodyOf(answer) == large_content_);
}

TEST_F(RangedFileTest, SendsASingleRange) {
  const std::string answer = Get("/a.txt", "Range: bytes=2-5\r\n");
  EXPECT_EQ(StatusOf(answer), 206);
  EXPECT_EQ(BodyOf(answer), "erwr");
  EXPECT_EQ(FieldOf(answer, "Content-Range"), "bytes 2-5/10");
}

TEST_F(RangedFileTest, SendsTheEnd) {
  const std::string answer = Get("/large", "Range: bytes=-300000\r\n");
  EXPECT_TRUE(BodyOf(answer) == large_content_.substr(large_content_.size() - 300'000));
}

TEST_F(RangedFileTest, SendsSeveralRangesAsMultipart) {
  const std::string answer = Get("/a.txt", "Range: bytes=0-1,4-5\r\n");
  EXPECT_EQ(StatusOf(answer), 206);
  const std::string type = FieldOf(answer, "Content-Type");
  const std::string boundary = "--" + type.substr(type.find('=') + 1);
  const std::string body = BodyOf(answer);
  EXPECT_EQ(FieldOf(answer, "Content-Length"), std::to_string(body.size()));
  EXPECT_EQ(body, boundary +
                      "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\nov\r\n" +
                      boundary +
                      "\r\nContent-Type: text/plain\r\nContent-Range: bytes 4-5/10\r\n\r\nwr\r\n" +
                      boundary + "--\r\n");
}

TEST_F(RangedFileTest, RefusesAnUnsatisfiableRange) {
  const std::string answer = Get("/a.txt", "Range: bytes=50-60\r\n");
  EXPECT_EQ(StatusOf(answer), 416);
  EXPECT_EQ(FieldOf(answer, "Content-Range"), "bytes */10");
}

TEST_F(RangedFileTest, AnswersUnchangedFilesWith304) {
  const std::string first = Get("/a.txt");
  const std::string etag = FieldOf(first, "ETag");
  const std::string date = FieldOf(first, "Last-Modified");
  EXPECT_EQ(StatusOf(Get("/a.txt", "If-None-Match: " + etag + "\r\n")), 304);
  EXPECT_EQ(StatusOf(Get("/a.txt", "If-Modified-Since: " + date + "\r\n")), 304);
  EXPECT_EQ(StatusOf(Get("/a.txt", "If-None-Match: \"x\"\r\nIf-Modified-Since: " + date + "\r\n")),
            200);
}

TEST_F(RangedFileTest, SendsTheWholeFileWhenIfRangeIsOutdated) {
  EXPECT_EQ(StatusOf(Get("/large", "Range: bytes=0-1\r\nIf-Range: \"old\"\r\n")), 200);
  EXPECT_EQ(StatusOf(Get("/large", "Range: bytes=0-1\r\nIf-Range: \"large\"\r\n")), 206);
}

TEST_F(RangedFileTest, AnswersHeadWithTheLength) {
  const std::string answer =
      Ask("HEAD /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), std::to_string(large_content_.size()));
  EXPECT_EQ(BodyOf(answer), "");
}

TEST_F(RangedFileTest, AnswersWhenTheFileIsGoneAtTheLastMoment) {
  std::filesystem::remove(large_);
  EXPECT_EQ(StatusOf(Get("/large")), 599);
}

TEST(ServeFileTest, TellsAbsentFilesAndFoldersApart) {
  const ScratchFolder folder;
  const Request request;
  EXPECT_EQ(ServeFile(request, {folder.path() + "/absent", "", "", ""}).error().code(),
            base::Code::kNotFound);
  EXPECT_EQ(ServeFile(request, {folder.path(), "", "", ""}).error().reason(), "is_a_directory");
}

TEST(ServeFileTest, QuotesAttachmentNames) {
  const ScratchFolder folder;
  const std::string path = folder.Write("x", "");
  const auto disposition = [&](const std::string& name) {
    const auto response = ServeFile({}, {path, "text/plain", name, ""});
    return std::string(response->headers.Get("Content-Disposition").value_or(""));
  };
  EXPECT_EQ(disposition("b c+d.json"), "attachment; filename=\"b c+d.json\"");
  EXPECT_EQ(disposition("\xC3\xA4\".txt"), "attachment; filename*=UTF-8''%C3%A4%22.txt");
}

}  // namespace
}  // namespace yard::net
