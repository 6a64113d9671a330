#include "net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/answer_head.h"
#include "net/entity_tag.h"
#include "net/http_date.h"

namespace yard::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(PercentTest, DecodesOnceAndKeepsMalformedEscapes) {
  EXPECT_EQ(PercentDecode("a%20b%2fc%252e"), "a b/c%2e");
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%4"), "%4");
  EXPECT_EQ(PercentDecode("%zz%41"), "%zzA");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
}

TEST(PercentTest, EncodesAllButUnreserved) {
  EXPECT_EQ(PercentEncode("a-b_c.d~e f/\xC3\xA4"), "a-b_c.d~e%20f%2F%C3%A4");
  EXPECT_EQ(PercentEncode("a/b c", "/"), "a/b%20c");
}

TEST(QueryTest, KeepsOrderAndRepeats) {
  EXPECT_THAT(ParseQuery("a=1&b=x%20y&a=2&flag&=v&&c=1=2&d=p+q"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y"), Pair("a", "2"), Pair("flag", ""),
                          Pair("", "v"), Pair("c", "1=2"), Pair("d", "p q")));
  EXPECT_THAT(ParseQuery(""), ElementsAre());
}

TEST(HeadersTest, IgnoresCaseOfNames) {
  Headers headers;
  headers.Add("Content-Type", "a");
  headers.Add("content-type", "b");
  EXPECT_EQ(headers.Get("CONTENT-TYPE"), "a");
  headers.Set("Content-type", "c");
  EXPECT_THAT(headers.all(), ElementsAre(Pair("Content-type", "c")));
  EXPECT_EQ(headers.Get("Accept"), std::nullopt);
}

TEST(ResponderTest, AnswersOnce) {
  std::vector<int> statuses;
  {
    const Responder responder(
        [&](const Response& response) { statuses.push_back(response.status); });
    const Responder copy = responder;
    copy.Send(Response::Empty(204));
    responder.Send(Response::Empty(200));
  }
  EXPECT_THAT(statuses, ElementsAre(204));
}

TEST(ResponderTest, AnswersWith500WhenItIsForgotten) {
  std::vector<int> statuses;
  {
    const Responder responder([&](const Response& r) { statuses.push_back(r.status); });
  }
  EXPECT_THAT(statuses, ElementsAre(500));
}

TEST(AnswerHeadTest, LetsNoValueForgeAField) {
  Response response;
  response.headers.Add("X-Name", "a\r\nSet-Cookie: evil=1");
  const std::string head = FormatAnswerHead(response, {});
  EXPECT_THAT(head, HasSubstr("X-Name: a  Set-Cookie: evil=1\r\n"));
}

TEST(AnswerHeadTest, FramesTheMessageItself) {
  Response response;
  response.headers.Add("content-length", "999");
  response.headers.Add("Connection", "upgrade");
  AnswerFraming framing;
  framing.content_length = 2;
  const std::string head = FormatAnswerHead(response, framing);
  EXPECT_THAT(head, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("999")));
  EXPECT_THAT(head, Not(HasSubstr("upgrade")));
}

TEST(AnswerHeadTest, LeavesTheHandlersOwnFrameRule) {
  Response response;
  response.headers.Add("X-Frame-Options", "DENY");
  EXPECT_THAT(FormatAnswerHead(response, {}), Not(HasSubstr("SAMEORIGIN")));
}

TEST(HttpDateTest, AgreesWithTheStandardsExample) {  // RFC 9110, section 5.6.7
  EXPECT_EQ(FormatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
}

TEST(HttpDateTest, RefusesOtherForms) {
  for (const std::string_view text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, xx Nov 1994 08:49:37 GMT"})
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
}

TEST(EntityTagTest, ComparesWeakly) {
  EXPECT_TRUE(MatchesETag(R"("a", W/"b")", R"("b")"));
  EXPECT_TRUE(MatchesETag("*", R"("b")"));
  EXPECT_FALSE(MatchesETag(R"("a", "bc")", R"("b")"));
  EXPECT_FALSE(MatchesETag("", R"("b")"));
}

}  // namespace
}  // namespace yard::net
