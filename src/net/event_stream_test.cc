#include "net/event_stream.h"

#include <future>
#include <string>

#include "net/server_fixture_test.h"

namespace yard::net {
namespace {

using testing::HasSubstr;

constexpr std::string_view kAsk = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(FormatEventTest, WritesEachLineOfTheData) {
  EXPECT_EQ(FormatEvent({"run", "{}"}), "event: run\ndata: {}\n\n");
  EXPECT_EQ(FormatEvent({"", "a\nb\r\nc"}), "data: a\ndata: b\ndata: c\n\n");
  EXPECT_EQ(FormatEvent({"x\ny", ""}), "event: x y\ndata: \n\n");
}

class EventHubTest : public ServerTest {
 protected:
  void Open(EventHubOptions hub_options) {
    hub = std::make_unique<EventHub>(telemetry, hub_options);
    router.Get("/events", [this](const Request&) { return hub->Subscribe(); });
    Serve();
  }

  double Dropped() {
    return telemetry.CounterFamily("yard_event_stream_dropped_total", "").With({}).value();
  }

  std::unique_ptr<EventHub> hub;
};

TEST_F(EventHubTest, SendsEventsToEveryClient) {
  Open({});
  RawClient first = Connect();
  RawClient second = Connect();
  for (RawClient* client : {&first, &second}) {
    client->Send(kAsk);
    const std::string head = client->ReadUntil("\r\n\r\n");
    EXPECT_EQ(FieldOf(head, "Content-Type"), "text/event-stream");
    EXPECT_EQ(FieldOf(head, "Transfer-Encoding"), "chunked");
    client->ReadUntil(": connected\n\n");
  }
  hub->Publish({"run", "{\"id\":1}"});
  for (RawClient* client : {&first, &second})
    EXPECT_THAT(client->ReadUntil("}\n\n"), HasSubstr("event: run\ndata: {\"id\":1}\n\n"));
}

TEST_F(EventHubTest, SendsHeartbeats) {
  Open({std::chrono::milliseconds(5), 10});
  RawClient client = Connect();
  client.Send(kAsk);
  client.ReadUntil(": heartbeat\n\n");
}

TEST_F(EventHubTest, DropsAClientThatDoesNotRead) {
  Open({});
  RawClient client = Connect();
  client.Send(kAsk);
  client.ReadUntil(": connected\n\n");
  const std::string data(100'000, 'x');
  for (int i = 0; i < 100'000 && Dropped() == 0; ++i) hub->Publish({"run", data});
  EXPECT_EQ(Dropped(), 1);
  EXPECT_EQ(hub->client_count(), 0u);
}

TEST_F(EventHubTest, RefusesMoreThanItsLimit) {
  Open({std::chrono::milliseconds(15'000), 1});
  RawClient first = Connect();
  first.Send(kAsk);
  first.ReadUntil(": connected\n\n");
  hub->Publish({"run", ""});  // waits until the first is counted
  EXPECT_EQ(StatusOf(Get("/events")), 503);
}

TEST_F(EventHubTest, EndsItsStreamsProperlyWhenClosed) {
  Open({});
  RawClient client = Connect();
  client.Send(kAsk);
  client.ReadUntil(": connected\n\n");
  hub->Close();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "\r\n0\r\n\r\n");
  hub->Close();
}

}  // namespace
}  // namespace yard::net
