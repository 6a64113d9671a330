#include "net/request_guard.h"

#include <gtest/gtest.h>

namespace yard::net {
namespace {

Request Make(Method method, std::string host, std::string origin = "") {
  Request request;
  request.method = method;
  request.headers.Add("Host", std::move(host));
  if (!origin.empty()) request.headers.Add("Origin", std::move(origin));
  return request;
}

GuardOptions Options() {
  GuardOptions options;
  options.allowed_hosts = {"models.example.com"};
  options.allowed_origins = {"https://notebooks.example.com"};
  return options;
}

bool Passes(const Request& request) {
  return !RequestGuard(Options(), "yard.internal").Refusal(request);
}

TEST(RequestGuardTest, AcceptsHostsThatCannotBeRebound) {
  for (const char* host :
       {"localhost", "LocalHost:5000", "127.0.0.1:5000", "127.8.9.1", "[::1]:5000", "[::1]",
        "10.1.2.3", "192.168.0.7:80", "172.16.0.1", "172.31.255.255", "169.254.1.1",
        "yard.internal:5000", "models.example.com:443"})
    EXPECT_TRUE(Passes(Make(Method::kGet, host))) << host;
}

TEST(RequestGuardTest, RefusesForeignHosts) {
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1.evil.example:80", "172.32.0.1", "8.8.8.8", "10.0.0",
                           "10.0.0.256", "[2001:db8::1]:80", "[", "10.0.0.1x"}) {
    const auto refusal = RequestGuard(Options(), "yard.internal").Refusal(Make(Method::kGet, host));
    ASSERT_TRUE(refusal.has_value()) << host;
    EXPECT_EQ(refusal->status, 403);
    EXPECT_EQ(refusal->body, "Invalid Host header - possible DNS rebinding attack detected");
  }
}

TEST(RequestGuardTest, RefusesStateChangesFromForeignOrigins) {
  for (const char* origin : {"https://evil.example", "http://localhost.evil.example", "null",
                             "http://localhost@evil.example"}) {
    const auto refusal =
        RequestGuard(Options(), "").Refusal(Make(Method::kPost, "localhost:5000", origin));
    ASSERT_TRUE(refusal.has_value()) << origin;
    EXPECT_EQ(refusal->status, 403);
    EXPECT_EQ(refusal->body, "Cross-origin request blocked");
  }
}

TEST(RequestGuardTest, AcceptsStateChangesFromOwnAndConfiguredOrigins) {
  EXPECT_TRUE(Passes(Make(Method::kPost, "localhost:5000")));
  EXPECT_TRUE(Passes(Make(Method::kPost, "localhost:5000", "http://localhost:5000")));
  EXPECT_TRUE(Passes(Make(Method::kDelete, "127.0.0.1:5000", "http://localhost:5173")));
  EXPECT_TRUE(Passes(Make(Method::kPut, "10.0.0.2:5000", "http://10.0.0.2:5000")));
  EXPECT_TRUE(Passes(Make(Method::kPost, "localhost", "https://notebooks.example.com")));
}

TEST(RequestGuardTest, LetsForeignPagesOnlyLook) {
  EXPECT_TRUE(Passes(Make(Method::kGet, "localhost:5000", "https://evil.example")));
}

TEST(RequestGuardTest, CanBeSwitchedOff) {
  GuardOptions off;
  off.is_on = false;
  EXPECT_FALSE(
      RequestGuard(off, "").Refusal(Make(Method::kPost, "evil.example", "https://evil.example")));
}

TEST(RequestGuardTest, AcceptsEveryHostByStar) {
  GuardOptions any;
  any.allowed_hosts = {"*"};
  EXPECT_FALSE(RequestGuard(any, "").Refusal(Make(Method::kGet, "whatever.example")));
}

}  // namespace
}  // namespace yard::net
