#include "columnar/table.h"

#include <cmath>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::columnar {
namespace {

using testing::ElementsAre;

Table MustRead(std::string_view csv) {
  auto table = ReadTableBytes(csv, Format::kCsv);
  EXPECT_TRUE(table.ok()) << (table.ok() ? "" : table.error().ToString());
  return std::move(table).value();
}

TEST(ReadTable, TakesTypesFromTheCellsOfCsv) {
  const Table table = MustRead("a,b,c,d\n1,x,true,2020-01-02\n2.5,,false,2020-01-03\n");
  ASSERT_EQ(table.row_count, 2u);
  EXPECT_THAT(std::get<Numbers>(table.Find("a")->cells), ElementsAre(1, 2.5));
  EXPECT_THAT(std::get<Texts>(table.Find("b")->cells), ElementsAre("x", std::nullopt));
  EXPECT_THAT(std::get<Numbers>(table.Find("c")->cells), ElementsAre(1, 0));
  EXPECT_THAT(std::get<Numbers>(table.Find("d")->cells), ElementsAre(1577923200000, 1578009600000));
}

TEST(ReadTable, ReadsAMissingNumberAsNaN) {
  const Table table = MustRead("a,b\n1,1\n,2\nNaN,3\n");
  const auto& cells = std::get<Numbers>(table.Find("a")->cells);
  EXPECT_TRUE(std::isnan(cells[1]));
  EXPECT_TRUE(std::isnan(cells[2]));
}

class RoundTrip : public testing::TestWithParam<Format> {};

TEST_P(RoundTrip, KeepsEveryCell) {
  Table table;
  table.row_count = 3;
  table.columns.push_back({"number", Numbers{0.1, NAN, -1e300}});
  table.columns.push_back({"text", Texts{"a,\"b\"", std::nullopt, "ü"}});
  const auto path =
      std::filesystem::temp_directory_path() / ("yard_table_" + std::to_string(getpid()) + "_" +
                                                std::to_string(static_cast<int>(GetParam())));
  ASSERT_TRUE(WriteTable(table, path, GetParam()).ok());
  const auto read = ReadTable(path, GetParam());
  std::filesystem::remove(path);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  const auto& numbers = std::get<Numbers>(read->Find("number")->cells);
  EXPECT_EQ(numbers[0], 0.1);
  EXPECT_TRUE(std::isnan(numbers[1]));
  EXPECT_EQ(numbers[2], -1e300);
  EXPECT_THAT(std::get<Texts>(read->Find("text")->cells),
              ElementsAre("a,\"b\"", std::nullopt, "ü"));
}
INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip, testing::Values(Format::kCsv, Format::kParquet));

struct Refusal {
  std::string name;
  std::string bytes;
  Format format;
  ReadLimits limits;
  base::Code code;
};

TEST(ReadTable, RefusesWithATypedError) {
  const std::string rows = "a,b\n1,2\n3,4\n";
  const Refusal cases[] = {
      {"no parquet",
       "PAR1 but not really PAR1",
       Format::kParquet,
       {},
       base::Code::kInvalidArgument},
      {"empty parquet", "", Format::kParquet, {}, base::Code::kInvalidArgument},
      {"ragged csv", "a,b\n1,2,3\n", Format::kCsv, {}, base::Code::kInvalidArgument},
      {"empty csv", "", Format::kCsv, {}, base::Code::kInvalidArgument},
      {"too many bytes", rows, Format::kCsv, {.file_bytes = 5}, base::Code::kResourceExhausted},
      {"too many rows", rows, Format::kCsv, {.rows = 1}, base::Code::kResourceExhausted},
      {"too many columns", rows, Format::kCsv, {.columns = 1}, base::Code::kResourceExhausted},
      {"too much memory",
       rows,
       Format::kCsv,
       {.memory_bytes = 100},
       base::Code::kResourceExhausted},
  };
  for (const auto& test : cases) {
    const auto table = ReadTableBytes(test.bytes, test.format, test.limits);
    ASSERT_FALSE(table.ok()) << test.name;
    EXPECT_EQ(table.error().code(), test.code) << test.name << table.error().ToString();
  }
}

TEST(ReadTable, SaysWhenThereIsNoSuchFile) {
  const auto table = ReadTable("/nowhere/at/all.csv", Format::kCsv);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code(), base::Code::kNotFound);
}

TEST(WriteTable, RefusesColumnsOfUnequalLength) {
  Table table;
  table.row_count = 2;
  table.columns.push_back({"a", Numbers{1}});
  EXPECT_EQ(WriteTable(table, "/tmp/x", Format::kCsv).error().code(), base::Code::kInvalidArgument);
}

TEST(FormatOf, KnowsTheExtensions) {
  EXPECT_EQ(FormatOf("a/B.CSV").value(), Format::kCsv);
  EXPECT_EQ(FormatOf("b.pq").value(), Format::kParquet);
  EXPECT_EQ(FormatOf("b.xlsx").error().reason(), "unknown_format");
}

}  // namespace
}  // namespace yard::columnar
