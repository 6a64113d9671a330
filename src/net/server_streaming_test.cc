#include <algorithm>
#include <future>
#include <string>

#include "base/digest.h"
#include "net/body_pipe.h"
#include "net/compression.h"
#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

using testing::HasSubstr;

std::string Noise(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

/// Reads a body to its end: "size sha256 largest-piece", or the error's name.
Response Digest(const Request& request) {
  base::Sha256 digest;
  size_t size = 0;
  size_t largest = 0;
  for (;;) {
    const auto piece = request.stream->Next();
    if (!piece) return Response::Text(std::string(base::CodeName(piece.error().code())), 400);
    if (piece->empty()) break;
    digest.Update(*piece);
    size += piece->size();
    largest = std::max(largest, piece->size());
  }
  return Response::Text(std::to_string(size) + " " + digest.HexDigest() + " " +
                        std::to_string(largest));
}

class UploadTest : public ServerTest {
 protected:
  UploadTest() {
    options.body_timeout = std::chrono::milliseconds(200);
    streams_.streams_body = true;
    streams_.body_limit_bytes = 100'000'000;
    router.Handle(Method::kPut, "/digest", Digest, streams_);
    router.Handle(
        Method::kPut, "/refuse", [](const Request&) { return Response::Text("no", 403); },
        streams_);
    RouteOptions small = streams_;
    small.body_limit_bytes = 1000;
    router.Handle(Method::kPut, "/small", Digest, small);
  }

  RouteOptions streams_;
};

TEST_F(UploadTest, ReceivesALargeBodyInBoundedPieces) {
  Serve();
  const std::string body = Noise(40'000'000);
  RawClient client = Connect();
  client.Send("PUT /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000000\r\n\r\n");
  client.Send(body);
  const std::string text = BodyOf(client.ReadAnswer());
  EXPECT_THAT(text, testing::StartsWith("40000000 " + base::Sha256Hex(body)));
  EXPECT_LE(std::stoul(text.substr(text.rfind(' '))), BodyPipe::kHighWaterBytes + 256 * 1024);
}

TEST_F(UploadTest, ReceivesChunksOfUnknownLength) {
  Serve();
  RawClient client = Connect();
  client.Send("PUT /digest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string body;
  for (int i = 0; i < 50; ++i) {
    const std::string piece = Noise(static_cast<size_t>(i) * 97 + 1);
    body += piece;
    char size[16];
    snprintf(size, sizeof size, "%zx\r\n", piece.size());
    client.Send(size + piece + "\r\n");
  }
  client.Send("0\r\n\r\n");
  EXPECT_THAT(BodyOf(client.ReadAnswer()), HasSubstr(base::Sha256Hex(body)));
}

TEST_F(UploadTest, ServesTheNextRequestAfterAnUpload) {
  Serve();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send("PUT /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(BodyOf(client.ReadAnswer()), HasSubstr(base::Sha256Hex("hello")));
  }
}

TEST_F(UploadTest, UnpacksGzip) {
  Serve();
  const std::string body = Noise(300'000) + std::string(300'000, 'a');
  const std::string packed = Gzip(body);
  RawClient client = Connect();
  client.Send(
      "PUT /digest HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: " +
      std::to_string(packed.size()) + "\r\n\r\n" + packed);
  EXPECT_THAT(BodyOf(client.ReadAnswer()), HasSubstr(base::Sha256Hex(body)));
}

TEST_F(UploadTest, AnswersBeforeTheBodyAndKeepsTheConnectionWhenLittleIsLeft) {
  Serve();
  RawClient client = Connect();
  client.Send("PUT /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 403);
  client.Send("0123456789PUT /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST_F(UploadTest, LetsAClientThatStillSendsSeeTheRefusal) {
  Serve();
  RawClient client = Connect();
  client.Send("PUT /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n");
  client.Send(std::string(30'000'000, 'x'));
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), 403);
  EXPECT_EQ(FieldOf(answer, "Connection"), "close");
}

TEST_F(UploadTest, RefusesAnAnnouncedBodyOverTheLimit) {
  Serve();
  EXPECT_EQ(StatusOf(Ask("PUT /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n"
                         "Expect: 100-continue\r\n\r\n")),
            413);
}

TEST_F(UploadTest, TellsTheHandlerOfAChunkedBodyOverTheLimit) {
  Serve();
  RawClient client = Connect();
  client.Send(
      "PUT /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
      std::string(0x800, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "RESOURCE_EXHAUSTED");
}

TEST_F(UploadTest, TellsTheHandlerOfASlowClient) {
  Serve();
  const std::string answer =
      Ask("PUT /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(BodyOf(answer), "DEADLINE_EXCEEDED");
}

TEST_F(UploadTest, TellsTheHandlerOfAClientThatVanished) {
  std::promise<void> entered;
  std::promise<base::Code> outcome;
  router.Handle(
      Method::kPut, "/wait",
      [&](const Request& request) {
        entered.set_value();
        for (;;) {
          const auto piece = request.stream->Next();
          if (piece && !piece->empty()) continue;
          outcome.set_value(piece ? base::Code::kUnknown : piece.error().code());
          return Response::Empty(200);
        }
      },
      streams_);
  options.body_timeout = std::chrono::seconds(20);
  Serve();
  RawClient client = Connect();
  client.Send("PUT /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  entered.get_future().get();
  client.Reset();
  EXPECT_EQ(outcome.get_future().get(), base::Code::kCancelled);
}

class DownloadTest : public ServerTest {
 protected:
  void Stream(std::string_view path, std::function<void(std::shared_ptr<StreamWriter>)> body,
              std::string length = "") {
    router.Get(path, [body = std::move(body), length = std::move(length)](const Request&) {
      Response response;
      if (!length.empty()) response.headers.Add("Content-Length", length);
      response.stream = body;
      return response;
    });
  }
};

TEST_F(DownloadTest, SendsChunks) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) {
    writer->Write("hello");
    writer->Write("");
    writer->Write(" world");
    writer->Close();
    EXPECT_FALSE(writer->Write("late"));
  });
  Serve();
  EXPECT_EQ(BodyOf(Get("/s")), "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
}

TEST_F(DownloadTest, KeepsTheConnectionAfterAStream) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) { writer->Write("x"); });
  Serve();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /s HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("1\r\nx\r\n"));
  }
}

TEST_F(DownloadTest, SendsPlainBytesToHttp10) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) { writer->Write("plain"); });
  Serve();
  const std::string answer = Ask("GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(BodyOf(answer), "plain");
  EXPECT_EQ(FieldOf(answer, "Connection"), "close");
}

TEST_F(DownloadTest, SendsPlainBytesWhenTheLengthIsKnown) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) { writer->Write("12345"); }, "5");
  Serve();
  EXPECT_EQ(BodyOf(Get("/s")), "12345");
}

TEST_F(DownloadTest, BreaksOffAStreamShorterThanPromised) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) { writer->Write("123"); }, "5");
  Serve();
  EXPECT_EQ(BodyOf(Get("/s")).size() < 5, true);
}

TEST_F(DownloadTest, BreaksOffAStreamThatThrows) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>& writer) {
    writer->Write("123");
    throw std::runtime_error("oops");
  });
  Serve();
  EXPECT_THAT(Get("/s"), testing::Not(HasSubstr("0\r\n\r\n")));
}

TEST_F(DownloadTest, BlocksAWriterAheadOfItsClient) {
  const std::string piece = Noise(1'000'000);
  Stream("/s", [&](const std::shared_ptr<StreamWriter>& writer) {
    for (int i = 0; i < 30; ++i) writer->Write(piece);
  });
  Serve();
  const std::string answer = Get("/s");
  EXPECT_GT(answer.size(), 30'000'000u);
  EXPECT_THAT(answer.substr(answer.size() - 5), "0\r\n\r\n");
}

TEST_F(DownloadTest, TellsTheWriterThatTheClientIsTooSlow) {
  options.body_timeout = std::chrono::milliseconds(50);
  std::promise<void> gone;
  Stream("/s", [&](const std::shared_ptr<StreamWriter>& writer) {
    const std::string piece(100'000, 'x');
    while (writer->Write(piece)) {
    }
    gone.set_value();
  });
  Serve();
  RawClient client = Connect();
  client.Send("GET /s HTTP/1.1\r\nHost: localhost\r\n\r\n");
  gone.get_future().get();
}

TEST_F(DownloadTest, AnswersHeadWithoutRunningTheStream) {
  Stream("/s", [](const std::shared_ptr<StreamWriter>&) { ADD_FAILURE(); });
  Serve();
  EXPECT_EQ(StatusOf(Ask("HEAD /s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")), 200);
}

class CompressedAnswerTest : public ServerTest {
 protected:
  CompressedAnswerTest() {
    router.Get("/json", [](const Request&) { return Response::Json(std::string(5000, ' ')); });
    router.Get("/small", [](const Request&) { return Response::Json("{}"); });
    RouteOptions plain;
    plain.compresses = false;
    router.Handle(
        Method::kGet, "/plain",
        [](const Request&) { return Response::Json(std::string(5000, ' ')); }, plain);
    router.Post("/echo", [](const Request& request) { return Response::Text(request.body); });
    Serve();
  }

  std::string PostPacked(std::string_view packed, std::string_view coding = "gzip") {
    RawClient client = Connect();
    client.Send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: " + std::string(coding) +
        "\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" + std::string(packed));
    return client.ReadAnswer();
  }
};

TEST_F(CompressedAnswerTest, CompressesLargeTextForThoseWhoTakeIt) {
  const std::string answer = Get("/json", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(FieldOf(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(FieldOf(answer, "Vary"), "Accept-Encoding");
  EXPECT_EQ(*Gunzip(BodyOf(answer), 5000), std::string(5000, ' '));
}

TEST_F(CompressedAnswerTest, LeavesTheRestAlone) {
  EXPECT_EQ(FieldOf(Get("/json"), "Content-Encoding"), "");
  EXPECT_EQ(FieldOf(Get("/small", "Accept-Encoding: gzip\r\n"), "Content-Encoding"), "");
  EXPECT_EQ(FieldOf(Get("/plain", "Accept-Encoding: gzip\r\n"), "Content-Encoding"), "");
}

TEST_F(CompressedAnswerTest, UnpacksRequests) {
  EXPECT_EQ(BodyOf(PostPacked(Gzip("data"))), "data");
}

TEST_F(CompressedAnswerTest, RefusesBadBombsAndOtherCodings) {
  EXPECT_EQ(StatusOf(PostPacked("no gzip")), 400);
  EXPECT_EQ(StatusOf(PostPacked(Gzip(std::string(40'000'000, ' ')))), 413);
  EXPECT_EQ(StatusOf(PostPacked("x", "br")), 415);
}

}  // namespace
}  // namespace yard::net
