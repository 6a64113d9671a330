#include "net/server.h"

#include <future>
#include <string>

#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHost = "Host: localhost\r\n";

std::string Post(std::string_view path, std::string_view body, std::string_view fields = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\n" + std::string(kHost) + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class ServerAnswersTest : public ServerTest {
 protected:
  ServerAnswersTest() {
    router.Get("/hello", [](const Request&) { return Response::Text("hello"); });
    router.Post("/echo", [](const Request& request) { return Response::Text(request.body); });
    router.HandleAsync(Method::kPost, "/async/{name}",
                       [](std::shared_ptr<const Request> request, Responder responder) {
                         responder.Send(Response::Text(
                             std::string(request->path_parameter("name")) + ":" + request->body));
                       });
    router.Get("/throws", [](const Request&) -> Response { throw std::runtime_error("oops"); });
    router.HandleAsync(Method::kGet, "/drops", [](std::shared_ptr<const Request>, Responder) {});
    Serve();
  }
};

TEST_F(ServerAnswersTest, AnswersABlockingHandler) {
  const std::string answer = Get("/hello");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(BodyOf(answer), "hello");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), "5");
}

TEST_F(ServerAnswersTest, AnswersAnAsyncHandler) {
  RawClient client = Connect();
  client.Send(Post("/async/a%20b", "body"));
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "a b:body");
}

TEST_F(ServerAnswersTest, SendsTheHeadersEveryAnswerCarries) {
  for (const std::string_view path : {"/hello", "/nowhere", "/throws"}) {
    const std::string answer = Get(path);
    EXPECT_EQ(FieldOf(answer, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(FieldOf(answer, "X-Frame-Options"), "SAMEORIGIN") << path;
    EXPECT_EQ(FieldOf(answer, "X-Request-Id").size(), 32u) << path;
    EXPECT_THAT(FieldOf(answer, "Date"), testing::EndsWith(" GMT")) << path;
  }
}

TEST_F(ServerAnswersTest, TakesOverASaneRequestIdOnly) {
  EXPECT_EQ(FieldOf(Get("/hello", "X-Request-Id: trace-7.a\r\n"), "X-Request-Id"), "trace-7.a");
  EXPECT_EQ(FieldOf(Get("/hello", "X-Request-Id: a b<script>\r\n"), "X-Request-Id").size(), 32u);
  EXPECT_EQ(
      FieldOf(Get("/hello", "X-Request-Id: " + std::string(129, 'a') + "\r\n"), "X-Request-Id")
          .size(),
      32u);
}

TEST_F(ServerAnswersTest, KeepsTheConnectionForTheNextRequest) {
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send(Post("/echo", "n" + std::to_string(i)));
    EXPECT_EQ(BodyOf(client.ReadAnswer()), "n" + std::to_string(i));
  }
}

TEST_F(ServerAnswersTest, AnswersPipelinedRequestsInOrder) {
  std::string requests;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string body = "n" + std::to_string(i);
    requests += Post(i % 2 == 0 ? "/echo" : "/async/x", body);
    expected += (i % 2 == 0 ? "" : "x:") + body + "|";
  }
  RawClient client = Connect();
  client.Send(requests);
  std::string bodies;
  for (int i = 0; i < 20; ++i) bodies += BodyOf(client.ReadAnswer()) + "|";
  EXPECT_EQ(bodies, expected);
}

TEST_F(ServerAnswersTest, ReadsARequestThatArrivesByteByByte) {
  RawClient client = Connect();
  for (const char c : Post("/echo", "slow but fine")) client.Send({&c, 1});
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "slow but fine");
}

TEST_F(ServerAnswersTest, ReadsAChunkedBodyInPieces) {
  RawClient client = Connect();
  client.Send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (const std::string_view piece : {"5;ext=1\r", "\nhel", "lo\r\n", "1\r\n \r\n6\r\nwo",
                                       "rld!\r\n", "0\r\nTrailer: x\r\n", "\r\n"})
    client.Send(piece);
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "hello world!");
}

TEST_F(ServerAnswersTest, AnswersAnEmptyChunkedBody) {
  RawClient client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
  client.Send(Post("/echo", "next"));
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "next");
}

TEST_F(ServerAnswersTest, AsksForTheBodyOfAClientThatExpectsIt) {
  RawClient client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
      "4\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("data");
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "data");
}

TEST_F(ServerAnswersTest, AnswersHeadWithTheLengthAndNoBody) {
  RawClient client = Connect();
  client.Send(
      "HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hello HTTP/1.1\r\nHost: "
      "localhost\r\nConnection: close\r\n\r\n");
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(FieldOf(head, "Content-Length"), "5");
  EXPECT_THAT(client.ReadAll(), testing::StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerAnswersTest, AnswersAClientThatClosedItsSendingHalf) {
  RawClient client = Connect();
  client.Send(Post("/echo", "bye"));
  client.FinishSending();
  EXPECT_EQ(BodyOf(client.ReadAll()), "bye");
}

TEST_F(ServerAnswersTest, ClosesAfterAnHttp10Request) {
  EXPECT_EQ(BodyOf(Ask("GET /hello HTTP/1.0\r\n\r\n")), "hello");
}

TEST_F(ServerAnswersTest, AnswersAnUnknownRouteWith404AndNoBody) {
  const std::string answer = Get("/nowhere");
  EXPECT_EQ(StatusOf(answer), 404);
  EXPECT_EQ(BodyOf(answer), "");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), "0");
}

TEST_F(ServerAnswersTest, AnswersAnotherMethodWith405AndAllow) {
  const std::string answer =
      Ask("DELETE /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 405);
  EXPECT_EQ(FieldOf(answer, "Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(ServerAnswersTest, AnswersOptionsWith204AndAllow) {
  const std::string answer =
      Ask("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 204);
  EXPECT_EQ(FieldOf(answer, "Allow"), "POST, OPTIONS");
  EXPECT_EQ(FieldOf(answer, "Content-Length"), "");
}

TEST_F(ServerAnswersTest, AnswersAThrowingHandlerWith500) {
  const std::string answer = Get("/throws");
  EXPECT_EQ(StatusOf(answer), 500);
  EXPECT_THAT(BodyOf(answer), Not(HasSubstr("oops")));
}

TEST_F(ServerAnswersTest, AnswersForAHandlerThatForgets) {
  EXPECT_EQ(StatusOf(Get("/drops")), 500);
}

TEST_F(ServerAnswersTest, CountsAnswersByRoute) {
  Get("/hello");
  Get("/nowhere");
  auto& requests = telemetry.CounterFamily("yard_http_requests_total", "");
  EXPECT_EQ(requests.With({"/hello", "GET", "2xx"}).value(), 1);
  EXPECT_EQ(requests.With({"unmatched", "GET", "4xx"}).value(), 1);
}

TEST(ServerListenTest, RefusesATakenPort) {
  Router router;
  base::Telemetry telemetry;
  base::Executor executor("test", 1, 1);
  auto first = Server::Listen({}, router, executor, telemetry);
  ASSERT_TRUE(first.ok());
  ServerOptions options;
  options.port = (*first)->port();
  const auto second = Server::Listen(options, router, executor, telemetry);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), base::Code::kAlreadyExists);
  EXPECT_EQ(second.error().detail("port"), std::to_string(options.port));
}

TEST(ServerListenTest, RefusesABadHost) {
  Router router;
  base::Telemetry telemetry;
  base::Executor executor("test", 1, 1);
  ServerOptions options;
  options.host = "not a host";
  const auto server = Server::Listen(options, router, executor, telemetry);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().code(), base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace yard::net
