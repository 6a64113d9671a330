#include <future>
#include <string>
#include <thread>

#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

using std::chrono::milliseconds;

class ServerFaultsTest : public ServerTest {
 protected:
  ServerFaultsTest() {
    router.HandleAsync(Method::kGet, "/ok",
                       [](std::shared_ptr<const Request>, Responder responder) {
                         responder.Send(Response::Text("ok"));
                       });
    RouteOptions small;
    small.body_limit_bytes = 100;
    router.Handle(
        Method::kPost, "/small", [](const Request& r) { return Response::Text(r.body); }, small);
  }

  void ExpectAlive() const { EXPECT_EQ(BodyOf(Get("/ok")), "ok"); }
};

struct Malformed {
  std::string_view name;
  std::string_view request;
  int status;
};

class MalformedRequestTest : public ServerFaultsTest,
                             public testing::WithParamInterface<Malformed> {};

TEST_P(MalformedRequestTest, IsRefused) {
  Serve();
  const std::string answer = Ask(GetParam().request);
  EXPECT_EQ(StatusOf(answer), GetParam().status) << answer;
  EXPECT_EQ(FieldOf(answer, "Connection"), "close");
  EXPECT_NE(FieldOf(answer, "X-Request-Id"), "");
  ExpectAlive();
}

INSTANTIATE_TEST_SUITE_P(
    Requests, MalformedRequestTest,
    testing::Values(
        Malformed{"Garbage", "\x16\x03\x01\x02 not http\r\n\r\n", 400},
        Malformed{"NoVersion", "GET /ok\r\n\r\n", 400},
        Malformed{"OldVersion", "GET /ok HTTP/0.9\r\n\r\n", 505},
        Malformed{"NewVersion", "GET /ok HTTP/2.0\r\nHost: localhost\r\n\r\n", 505},
        Malformed{"UnknownMethod", "BREW /ok HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
        Malformed{"NoHost", "GET /ok HTTP/1.1\r\n\r\n", 400},
        Malformed{"TwoHosts", "GET /ok HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                  400},
        Malformed{"RelativeTarget", "GET ok HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Malformed{"SpaceInTarget", "GET /o k HTTP/1.1\r\nHost: localhost\r\n\r\n", 505},
        Malformed{"BadFieldName", "GET /ok HTTP/1.1\r\nHost : localhost\r\n\r\n", 400},
        Malformed{"BadLength",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
        Malformed{"HugeLength",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  "99999999999999999999999\r\n\r\n",
                  400},
        Malformed{"TwoLengths",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                  "Content-Length: 2\r\n\r\nab",
                  400},
        Malformed{"LengthAndChunks",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  400},
        Malformed{"ChunksAndLength",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                  "Content-Length: 1\r\n\r\n0\r\n\r\n",
                  400},
        Malformed{"UnknownCoding",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
                  501},
        Malformed{"BadChunkSize",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "xyz\r\n\r\n",
                  400},
        Malformed{"BadChunkEnd",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "1\r\nabc\r\n0\r\n\r\n",
                  400},
        Malformed{"OtherExpectation",
                  "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: "
                  "miracles\r\n\r\n",
                  417}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ServerFaultsTest, SkipsEmptyLinesBeforeARequest) {
  Serve();
  EXPECT_EQ(BodyOf(Ask("\r\n\r\nGET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),
            "ok");
}

TEST_F(ServerFaultsTest, RefusesAHeadOverTheLimit) {
  options.header_limit_bytes = 2000;
  Serve();
  EXPECT_EQ(StatusOf(Get("/ok", "X-Long: " + std::string(3000, 'x') + "\r\n")), 431);
  std::string many;
  for (int i = 0; i < 500; ++i) many += "X-A: " + std::to_string(i) + "\r\n";
  EXPECT_EQ(StatusOf(Get("/ok", many)), 431);
  ExpectAlive();
}

TEST_F(ServerFaultsTest, RefusesATrickledHeadOverTheLimit) {
  options.header_limit_bytes = 2000;
  Serve();
  RawClient client = Connect();
  client.Send("GET /ok HTTP/1.1\r\nHost: localhost\r\n");
  for (int i = 0; i < 1000 && client.Send("X-A: 12345\r\n"); ++i) {
  }
  EXPECT_EQ(StatusOf(client.ReadAll()), 431);
}

TEST_F(ServerFaultsTest, RefusesABodyOverTheRoutesLimit) {
  Serve();
  EXPECT_EQ(
      StatusOf(Ask("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")),
      413);
  EXPECT_EQ(StatusOf(Ask("POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n80\r\n" +
                         std::string(0x80, 'x') + "\r\n")),
            413);
  ExpectAlive();
}

TEST_F(ServerFaultsTest, RefusesAnEndlessChunkHeader) {
  options.header_limit_bytes = 2000;
  Serve();
  EXPECT_EQ(StatusOf(Ask("POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n1;a=" +
                         std::string(10'000, 'x'))),
            400);
}

TEST_F(ServerFaultsTest, RefusesBodiesWhenTooMuchIsBufferedAlready) {
  options.buffered_bodies_limit_bytes = 3000;
  router.Post("/large", [](const Request& request) { return Response::Text(request.body); });
  Serve();
  const auto post = [&](size_t size) {
    return Ask("POST /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
               std::to_string(size) + "\r\n\r\n" + std::string(size, 'x'));
  };
  EXPECT_EQ(StatusOf(post(2000)), 200);
  const std::string refusal = post(50'000);
  EXPECT_EQ(StatusOf(refusal), 503);
  EXPECT_EQ(FieldOf(refusal, "Retry-After"), "1");
  EXPECT_EQ(StatusOf(post(2000)), 200);
}

TEST_F(ServerFaultsTest, ClosesOnASlowHead) {
  options.header_timeout = milliseconds(40);
  Serve();
  EXPECT_EQ(StatusOf(Ask("GET /ok HTTP/1.1\r\nHost: loc")), 408);
}

TEST_F(ServerFaultsTest, ClosesOnASlowBody) {
  options.body_timeout = milliseconds(40);
  Serve();
  EXPECT_EQ(StatusOf(Ask("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab")),
            408);
}

TEST_F(ServerFaultsTest, ClosesOnATrickledBody) {
  options.request_timeout = milliseconds(60);
  options.body_timeout = milliseconds(40);
  Serve();
  RawClient client = Connect();
  client.Send("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAll()), 408);
}

TEST_F(ServerFaultsTest, ClosesIdleConnectionsSilently) {
  options.idle_timeout = milliseconds(40);
  Serve();
  RawClient fresh = Connect();
  EXPECT_EQ(fresh.ReadAll(), "");
  RawClient used = Connect();
  used.Send("GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(BodyOf(used.ReadAnswer()), "ok");
  EXPECT_EQ(used.ReadAll(), "");
}

TEST_F(ServerFaultsTest, OutlivesClientsThatVanish) {
  Serve();
  for (const std::string_view part :
       {"", "GET /o", "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nhalf",
        "POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    for (int i = 0; i < 20; ++i) {
      RawClient client = Connect();
      client.Send(part);
      if (i % 2 == 0) client.Reset();
    }
  }
  ExpectAlive();
}

TEST_F(ServerFaultsTest, RefusesForeignHosts) {
  Serve();
  const std::string answer =
      Ask("GET /ok HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 403);
}

TEST_F(ServerFaultsTest, AnswersWith503WhenTheExecutorIsFull) {
  executor_queue_limit = 0;
  router.Get("/blocking", [](const Request&) { return Response::Empty(200); });
  Serve();
  const std::string answer = Get("/blocking");
  EXPECT_EQ(StatusOf(answer), 503);
  EXPECT_EQ(FieldOf(answer, "Retry-After"), "1");
}

TEST_F(ServerFaultsTest, TurnsAwayClientsBeyondTheLimit) {
  options.max_connections = 1;
  Serve();
  RawClient first = Connect();
  first.Send("GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
  first.ReadAnswer();
  EXPECT_EQ(StatusOf(Connect().ReadAll()), 503);
}

class ServerShutdownTest : public ServerTest {
 protected:
  ServerShutdownTest() {
    router.Get("/wait", [this](const Request&) {
      entered_.set_value();
      release_.get_future().get();
      return Response::Text("finished");
    });
  }

  std::promise<void> entered_;
  std::promise<void> release_;
};

TEST_F(ServerShutdownTest, LetsRunningRequestsFinish) {
  Serve();
  RawClient idle = Connect();
  RawClient busy = Connect();
  busy.Send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().get();
  std::jthread stopping([this] { server->Shutdown(std::chrono::seconds(20)); });
  EXPECT_EQ(idle.ReadAll(), "");  // closed as soon as the shutdown begins
  release_.set_value();
  const std::string answer = busy.ReadAll();
  EXPECT_EQ(BodyOf(answer), "finished");
  EXPECT_EQ(FieldOf(answer, "Connection"), "close");
}

TEST_F(ServerShutdownTest, GivesUpAfterTheGrace) {
  Serve();
  RawClient busy = Connect();
  busy.Send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  entered_.get_future().get();
  server->Shutdown(milliseconds(10));
  EXPECT_EQ(busy.ReadAll(), "");
  release_.set_value();
}

TEST_F(ServerShutdownTest, MayBeAskedTwice) {
  Serve();
  server->Shutdown(milliseconds(0));
  server->Shutdown(milliseconds(0));
}

TEST_F(ServerShutdownTest, MayDieBeforeALateAnswer) {
  std::promise<Responder> asked;
  router.HandleAsync(Method::kGet, "/late",
                     [&](std::shared_ptr<const Request>, Responder responder) {
                       asked.set_value(std::move(responder));
                     });
  Serve();
  RawClient client = Connect();
  client.Send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const Responder responder = asked.get_future().get();
  server.reset();
  responder.Send(Response::Text("too late"));
}

}  // namespace
}  // namespace yard::net
