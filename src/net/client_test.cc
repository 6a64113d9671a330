#include "net/client.h"

#include <string>

#include "net/compression.h"
#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

class FetchTest : public ServerTest {
 protected:
  FetchTest() {
    router.Get("/hello", [](const Request& request) {
      return Response::Text("hello " + std::string(request.headers.Get("X-Name").value_or("")));
    });
    router.Post("/echo", [](const Request& request) { return Response::Text(request.body, 201); });
    router.Get("/stream", [](const Request&) {
      Response response;
      response.stream = [](const std::shared_ptr<StreamWriter>& writer) {
        for (int i = 0; i < 3; ++i) writer->Write("piece" + std::to_string(i));
      };
      return response;
    });
    router.HandleAsync(Method::kGet, "/never",
                       [this](std::shared_ptr<const Request>, Responder responder) {
                         unanswered_.push_back(std::move(responder));
                       });
    Serve();
  }

  ~FetchTest() override { server->Shutdown(std::chrono::milliseconds(0)); }

  ClientRequest To(std::string path) const {
    ClientRequest request;
    request.url = "http://localhost:" + std::to_string(server->port()) + path;
    return request;
  }

  std::vector<Responder> unanswered_;
};

TEST_F(FetchTest, Gets) {
  ClientRequest request = To("/hello");
  request.headers.Add("X-Name", "world");
  const auto answer = Fetch(request);
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello world");
  EXPECT_EQ(answer->headers.Get("content-type"), "text/plain; charset=utf-8");
}

TEST_F(FetchTest, Posts) {
  ClientRequest request = To("/echo");
  request.method = Method::kPost;
  request.body = std::string(1'000'000, 'x');
  const auto answer = Fetch(request);
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->status, 201);
  EXPECT_TRUE(answer->body == request.body);
}

TEST_F(FetchTest, ReadsChunks) { EXPECT_EQ(Fetch(To("/stream"))->body, "piece0piece1piece2"); }

TEST_F(FetchTest, ReadsAHeadAnswer) {
  ClientRequest request = To("/hello");
  request.method = Method::kHead;
  const auto answer = Fetch(request);
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->body, "");
}

TEST_F(FetchTest, GivesUpAtItsDeadline) {
  ClientRequest request = To("/never");
  request.timeout = std::chrono::milliseconds(30);
  EXPECT_EQ(Fetch(request).error().code(), base::Code::kDeadlineExceeded);
}

TEST_F(FetchTest, RefusesAnAnswerOverTheLimit) {
  ClientRequest request = To("/hello");
  request.answer_limit_bytes = 3;
  EXPECT_EQ(Fetch(request).error().code(), base::Code::kResourceExhausted);
}

TEST_F(FetchTest, TellsWhenNobodyListens) {
  const ClientRequest request = To("/hello");
  server->Shutdown(std::chrono::milliseconds(0));
  EXPECT_EQ(Fetch(request).error().code(), base::Code::kUnavailable);
}

TEST_F(FetchTest, RefusesForgedRequests) {
  ClientRequest request = To("/hello");
  request.headers.Add("X-Name", "a\r\nX-Evil: 1");
  EXPECT_EQ(Fetch(request).error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(Fetch(To("/hello\r\nX-Evil: 1")).error().code(), base::Code::kInvalidArgument);
}

}  // namespace
}  // namespace yard::net
