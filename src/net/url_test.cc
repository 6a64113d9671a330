#include "net/url.h"

#include <gtest/gtest.h>

namespace yard::net {
namespace {

TEST(UrlTest, TakesUrlsApart) {
  const auto url = ParseUrl("http://models.example:8080/a%20b?c=d#e");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->host, "models.example");
  EXPECT_EQ(url->port, "8080");
  EXPECT_EQ(url->target, "/a%20b?c=d");
  EXPECT_EQ(url->authority(), "models.example:8080");
}

TEST(UrlTest, FillsInPortAndPath) {
  const auto url = ParseUrl("HTTPS://localhost?x=1");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->port, "443");
  EXPECT_EQ(url->target, "/?x=1");
  EXPECT_EQ(url->authority(), "localhost");
}

TEST(UrlTest, ReadsIpv6Addresses) {
  const auto url = ParseUrl("http://[::1]:5000/");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:5000");
}

TEST(UrlTest, RefusesWhatItCannotReach) {
  for (const std::string_view text :
       {"", "localhost:5000", "ftp://a/b", "http://", "http://:80/", "http://a:/", "http://a:x/",
        "http://a:123456/", "http://[::1/", "http://a b/", "http://a/\r\nX: y", "http://u:p@a/"}) {
    const auto url = ParseUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().reason(), "bad_url") << text;
  }
}

}  // namespace
}  // namespace yard::net
