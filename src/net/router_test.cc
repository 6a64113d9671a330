#include "net/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Response Nothing(const Request&) { return Response::Empty(200); }

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    for (const std::string_view pattern :
         {"/", "/runs/create", "/runs/{run_id}", "/runs/{run_id}/params/{key}",
          "/runs/latest/metrics", "/artifacts/{path*}", "/artifacts/list", "/a/{x}/c", "/a/b/d"})
      router_.Get(pattern, Nothing);
    router_.Post("/runs/{run_id}", Nothing);
    router_.Delete("/artifacts/{path*}", Nothing);
  }

  Router::Match Get(std::string_view path) const { return router_.Find(Method::kGet, path); }

  Router router_;
};

TEST_F(RouterTest, PrefersLiteralsToParameters) {
  EXPECT_EQ(Get("/runs/create").pattern, "/runs/create");
  EXPECT_EQ(Get("/runs/other").pattern, "/runs/{run_id}");
  EXPECT_EQ(Get("/artifacts/list").pattern, "/artifacts/list");
  EXPECT_EQ(Get("/").pattern, "/");
}

TEST_F(RouterTest, TriesAParameterWhereALiteralLeadsNowhere) {
  const auto match = Get("/a/b/c");
  EXPECT_EQ(match.pattern, "/a/{x}/c");
  EXPECT_THAT(match.path_parameters, ElementsAre(Pair("x", "b")));
  EXPECT_EQ(Get("/runs/latest/params/p").pattern, "/runs/{run_id}/params/{key}");
}

TEST_F(RouterTest, DecodesParametersOnce) {
  EXPECT_THAT(Get("/runs/a%20b/params/x%2Fy%252e+").path_parameters,
              ElementsAre(Pair("run_id", "a b"), Pair("key", "x/y%2e+")));
}

TEST_F(RouterTest, MatchesEncodedLiterals) {
  EXPECT_EQ(Get("/runs/cre%61te").pattern, "/runs/create");
}

TEST_F(RouterTest, GivesTheRestAsItWasSent) {
  EXPECT_THAT(Get("/artifacts/a/b%20c//d/").path_parameters,
              ElementsAre(Pair("path", "a/b c//d/")));
  EXPECT_THAT(Get("/artifacts/../../x").path_parameters, ElementsAre(Pair("path", "../../x")));
  EXPECT_THAT(Get("/artifacts//etc/passwd").path_parameters,
              ElementsAre(Pair("path", "/etc/passwd")));
  EXPECT_THAT(Get("/artifacts/").path_parameters, ElementsAre(Pair("path", "")));
}

TEST_F(RouterTest, FindsNothingElsewhere) {
  for (const std::string_view path : {"", "*", "runs/create", "/artifacts", "/runs", "/runs/",
                                      "/runs/a/", "/runs/a/params", "//runs/create", "/nowhere"}) {
    const auto match = Get(path);
    EXPECT_EQ(match.blocking, nullptr) << path;
    EXPECT_EQ(match.async, nullptr) << path;
    EXPECT_THAT(match.allowed, IsEmpty()) << path;
    EXPECT_EQ(match.route, Router::kNoRoute) << path;
  }
}

TEST_F(RouterTest, TellsWhatAKnownPathTakes) {
  EXPECT_THAT(router_.Find(Method::kPut, "/runs/x").allowed,
              ElementsAre(Method::kGet, Method::kHead, Method::kPost, Method::kOptions));
}

TEST_F(RouterTest, AnswersHeadWithGet) {
  EXPECT_EQ(router_.Find(Method::kHead, "/runs/x").pattern, "/runs/{run_id}");
}

TEST_F(RouterTest, FindsARouteOfTheMethodBehindOneOfAnother) {
  EXPECT_EQ(router_.Find(Method::kDelete, "/artifacts/list").pattern, "/artifacts/{path*}");
}

TEST_F(RouterTest, NumbersItsRoutes) {
  EXPECT_LT(Get("/runs/create").route, router_.route_count());
  EXPECT_NE(Get("/runs/create").route, Get("/runs/x").route);
}

TEST_F(RouterTest, FallsBackForUnknownPathsOnly) {
  router_.Fallback([](std::shared_ptr<const Request>, Responder) {});
  EXPECT_NE(Get("/nowhere").async, nullptr);
  EXPECT_EQ(router_.Find(Method::kPut, "/runs/x").async, nullptr);
}

}  // namespace
}  // namespace yard::net
