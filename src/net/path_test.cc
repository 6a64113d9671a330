#include "net/path.h"

#include <gtest/gtest.h>

#include "net/http.h"

namespace yard::net {
namespace {

struct Accepted {
  std::string_view path;
  std::string_view normalized;
};

class AcceptedPathTest : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedPathTest, IsNormalized) {
  const auto path = SafeRelativePath(GetParam().path);
  ASSERT_TRUE(path.ok()) << path.error().ToString();
  EXPECT_EQ(*path, GetParam().normalized);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, AcceptedPathTest,
    testing::Values(Accepted{"", ""}, Accepted{"a.txt", "a.txt"},
                    Accepted{"23/cf7f2d24/artifacts/a.txt", "23/cf7f2d24/artifacts/a.txt"},
                    Accepted{"d/b c+d+e.json", "d/b c+d+e.json"}, Accepted{"a//b/./c/", "a/b/c"},
                    Accepted{".", ""}, Accepted{"..a/b..", "..a/b.."}, Accepted{"...", "..."},
                    Accepted{"100%.txt", "100%.txt"}, Accepted{"a%20b", "a%20b"},
                    Accepted{"a\\..\\x", "a\\..\\x"}, Accepted{"C:x", "C:x"},
                    Accepted{"a\nb", "a%0Ab"},
                    Accepted{"\xC3\xA4/\xE6\x97\xA5", "\xC3\xA4/\xE6\x97\xA5"}));

class RefusedPathTest : public testing::TestWithParam<std::string_view> {};

TEST_P(RefusedPathTest, IsRefused) {
  // As a route and as a query parameter hand it over.
  const auto path = SafeRelativePath(PercentDecode(GetParam()));
  ASSERT_FALSE(path.ok());
  EXPECT_EQ(path.error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(path.error().reason(), "unsafe_path");
}

INSTANTIATE_TEST_SUITE_P(
    Paths, RefusedPathTest,
    testing::Values("..", "../", "../x", "../../x", "a/../b", "a/..", "%2e%2e/%2e%2e/x",
                    "..%2f..%2fx", "%252e%252e/x", "%25252e%25252e%25252fx", "a/%2e./b", ".%252e/x",
                    "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "%252fetc%252fpasswd", "/",
                    "C:/x", "c:/x", "C:\\x", "C%3a/x", "C%253a%252fx", "\\\\host\\share",
                    "%5c%5chost%5cshare", "a%23b", "a#b", "a%2523b", "a%00b", "a%2500b", "%00"));

TEST(PathLimitTest, RefusesWhatNoFileSystemTakes) {
  const std::string segment(256, 'a');
  EXPECT_EQ(SafeRelativePath(segment).error().reason(), "path_too_long");
  EXPECT_TRUE(SafeRelativePath(segment.substr(1)).ok());
  EXPECT_EQ(SafeRelativePath(std::string(4097, '/')).error().reason(), "path_too_long");
}

}  // namespace
}  // namespace yard::net
