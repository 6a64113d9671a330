#include "tracking/search/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tracking/search/match.h"
#include "tracking/search/run_query.h"

namespace yard::tracking {
namespace {

base::Result<RunQuery> Check(const std::string& filter) {
  RunSearch search;
  search.filter = filter;
  return CheckRunSearch(search);
}

TEST(RunFilterTest, AcceptsTheLanguage) {
  for (const std::string filter : {
           "",
           "metrics.acc > 0.5",
           "metric.acc >= .4",
           "metrics.acc < -1",
           "metrics.acc = 1e-2",
           "metrics.acc != 3",
           "metrics.m.x <= 5",
           "metrics.`a b/c` > 0",
           "metrics.\"val/acc\" > 0",
           "params.lr = '0.1'",
           "params.lr = \"0.1\"",
           "param.lr LIKE '0.%'",
           "parameter.lr ilike '0.%'",
           "parameters.lr != 'x'",
           "params.lr IS NULL",
           "params.lr is not null",
           "tags.mlflow.runName = 'x'",
           "tag.`mlflow.user` = 'x'",
           "attributes.status = 'FINISHED'",
           "attribute.status != 'FINISHED'",
           "attr.run_name LIKE '%a%'",
           "run.user_id = 'ann'",
           "status = 'RUNNING'",
           "run_name = 'a'",
           "`run name` = 'a'",
           "attributes.`Run Name` = 'a'",
           "run_id IN ('a','b')",
           "run_id NOT IN ('A')",
           "artifact_uri LIKE 'mlflow-artifacts:%'",
           "start_time > 1",
           "created <= 1700000000000",
           "attributes.end_time != 0",
           "dataset.name = 'iris'",
           "datasets.digest IN ('a')",
           "dataset.context ILIKE 'TRAIN%'",
           "metrics.a > 1 AND params.b = 'x'",
           "metrics.a > 1 and params.b = 'x'",
           "metrics.a > 1 AND",
           "AND metrics.a > 1",
           "AND",
           "metrics.a > 1 params.b = 'x'",
           "metrics.a>1 AND AND metrics.b<2",
           "params.a = 'it''s'",
           "params.a = \"it's\"",
           // More than the reference takes:
           "metrics.a > 1 OR metrics.b > 1",
           "NOT metrics.a > 1",
           "(metrics.a > 1 OR params.b = 'x') AND NOT (tags.c IS NULL)",
           "params.lr IN ('1', '2')",
       }) {
    const auto query = Check(filter);
    EXPECT_TRUE(query.ok()) << filter << ": " << query.error().ToString();
  }
}

TEST(RunFilterTest, RefusesEverythingElse) {
  for (const std::string filter : {
           " ",
           "metrics.acc",
           "metrics.acc >",
           "> 1",
           "metrics.acc == 1",
           "metrics.acc <> 1",
           "metrics.acc > '1'",
           "metrics.acc > inf",
           "metrics.acc > NaN",
           "metrics.acc > 1_000",
           "metrics.acc LIKE 'a'",
           "metrics.acc IS NULL",
           "metrics.a/b > 1",
           "metrics.a-b > 1",
           "metrics. > 1",
           "params.lr = 0.1",
           "params.lr > '1'",
           "params.lr = x",
           "status IS NULL",
           "status > 'A'",
           "start_time = '1'",
           "start_time LIKE '1'",
           "run_id IN ()",
           "run_id IN ('a'",
           "run_id IN (1)",
           "run_id NOT 'a'",
           "experiment_id = '1'",
           "lifecycle_stage = 'active'",
           "dataset.source = 'x'",
           "dataset.name IS NULL",
           "dataset.name > 'x'",
           "foo.bar = 'x'",
           "metrics.acc > 1;",
           "metrics.acc > 1 -- comment",
           "(metrics.acc > 1",
           "metrics.acc > 1)",
           "metrics.acc > 1 OR",
           "OR metrics.acc > 1",
           "NOT",
           "()",
           "params.a = 'open",
           "params.`open = 'x'",
           "params.a LIKE 'x' ESCAPE '!'",
           "max(metrics.a) > 1",
       }) {
    const auto query = Check(filter);
    ASSERT_FALSE(query.ok()) << filter;
    EXPECT_EQ(query.error().reason(), "bad_filter") << filter;
    EXPECT_EQ(query.error().code(), base::Code::kInvalidArgument);
  }
}

TEST(RunFilterTest, BindsNotTighterThanAndTighterThanOr) {
  const auto holds = [](const std::string& text, std::vector<bool> values) {
    const auto filter = ParseFilter(text);
    EXPECT_TRUE(filter.ok());
    return Evaluate(filter->root, [&](size_t i) -> bool { return values[i]; });
  };
  EXPECT_TRUE(holds("a=1 OR b=1 AND c=1", {true, false, false}));
  EXPECT_FALSE(holds("(a=1 OR b=1) AND c=1", {true, false, false}));
  EXPECT_TRUE(holds("NOT a=1 AND b=1", {false, true}));
  EXPECT_FALSE(holds("NOT (a=1 OR b=1)", {false, true}));
  EXPECT_TRUE(holds("a=1 b=1 OR c=1", {false, true, true}));
}

TEST(RunFilterTest, BoundsNestingAndSize) {
  EXPECT_FALSE(Check(std::string(500, '(') + "metrics.a > 1" + std::string(500, ')')).ok());
  std::string nots;
  for (int i = 0; i < 5000; ++i) nots += "NOT ";
  EXPECT_FALSE(Check(nots + "metrics.a > 1").ok());
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "metrics.a > 1 ";
  EXPECT_FALSE(Check(many).ok());
  EXPECT_FALSE(Check(std::string(200'000, ' ')).ok());
}

TEST(RunOrderTest, AcceptsKeysWithADirection) {
  RunSearch search;
  search.order_by = {"metrics.acc DESC", "params.`a b`", "tags.x asc", "attributes.start_time desc",
                     "run_name",         "end_time",     "status",     "user_id",
                     "artifact_uri"};
  EXPECT_TRUE(CheckRunSearch(search).ok());
  search.order_by = {"Created DESC"};
  EXPECT_TRUE(CheckRunSearch(search).ok());
}

TEST(RunOrderTest, RefusesEverythingElse) {
  for (const std::string order : {"", " ", "metrics.acc DESC NULLS LAST", "metrics.a, metrics.b",
                                  "dataset.name", "foo", "metrics.acc down", "metrics.acc > 1"}) {
    RunSearch search;
    search.order_by = {order};
    const auto query = CheckRunSearch(search);
    ASSERT_FALSE(query.ok()) << order;
    EXPECT_EQ(query.error().reason(), "bad_order_by") << order;
  }
  RunSearch repeated;
  repeated.order_by = {"metrics.a", "metrics.a DESC"};
  EXPECT_FALSE(CheckRunSearch(repeated).ok());
}

TEST(LikeTest, MatchesAsSqlDoes) {
  struct Case {
    std::string text;
    std::string pattern;
    bool matches;
  };
  for (const Case& one : std::vector<Case>{{"abc", "abc", true},
                                           {"abc", "a%", true},
                                           {"abc", "%c", true},
                                           {"abc", "%b%", true},
                                           {"abc", "a_c", true},
                                           {"abc", "a_", false},
                                           {"abc", "ABC", false},
                                           {"", "%", true},
                                           {"", "", true},
                                           {"", "_", false},
                                           {"aXbXc", "%X%c", true},
                                           {"größe", "gr__e", true},
                                           {"aaab", "%aab", true},
                                           {"100%", "100%", true}}) {
    EXPECT_EQ(MatchesLike(one.text, one.pattern, LikeCase::kSensitive), one.matches)
        << one.text << " LIKE " << one.pattern;
  }
  EXPECT_TRUE(MatchesLike("aBc", "AbC", LikeCase::kInsensitive));
}

TEST(MatchTest, LetsMissingThingsMatchIsNullOnly) {
  const std::vector<Literal> literals = {{false, 0, "x", false}};
  for (const Operator op : {Operator::kEqual, Operator::kNotEqual, Operator::kLike, Operator::kIn,
                            Operator::kNotIn, Operator::kIsNotNull}) {
    EXPECT_FALSE(MatchesText(op, literals, std::nullopt));
  }
  EXPECT_TRUE(MatchesText(Operator::kIsNull, {}, std::nullopt));
}

TEST(MatchTest, LetsNanBeUnequalAndNothingElse) {
  EXPECT_TRUE(MatchesNumber(Operator::kNotEqual, 0, std::numeric_limits<double>::quiet_NaN()));
  for (const Operator op :
       {Operator::kEqual, Operator::kLess, Operator::kGreater, Operator::kGreaterOrEqual}) {
    EXPECT_FALSE(MatchesNumber(op, 0, std::numeric_limits<double>::quiet_NaN()));
  }
}

}  // namespace
}  // namespace yard::tracking
