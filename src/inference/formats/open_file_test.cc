#include "inference/formats/open_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/golden_files_test.h"

namespace yard::inference::formats {
namespace {

using namespace std::string_literals;
using testing_support::GoldenFiles;
using testing_support::ReadAll;
using testing_support::ScratchFolder;
using testing_support::StoredGoldens;

TEST(OpenFileTest, TellsRealFilesByTheirContent) {
  for (const char* folder : {"objects", "xgboost", "arrays"}) {
    for (const auto& file : GoldenFiles(StoredGoldens() / folder)) {
      const std::string name = file.filename().string();
      const std::string_view format = FormatName(DetectFormat(ReadAll(file)));
      const bool is_ubjson = name.ends_with(".ubj") || name.ends_with(".handle");
      const std::string_view expected = name.find("joblib") != std::string::npos   ? "joblib"
                                        : name.find("pickle") != std::string::npos ? "pickle"
                                        : name.ends_with(".skops")                 ? "skops"
                                        : name.ends_with(".json")                  ? "xgboost-json"
                                        : is_ubjson                                ? "xgboost-ubj"
                                                                                   : "npy";
      EXPECT_EQ(format, expected) << name;
    }
  }
}

TEST(OpenFileTest, NamesFormatsThatItDoesNotRead) {
  const struct {
    std::string bytes;
    FileFormat format;
  } cases[] = {
      {"binf\x00\x00"s, FileFormat::kXgboostBinary},
      {"tree\nversion=v4\n", FileFormat::kLightgbmText},
      {"CBM1....", FileFormat::kCatboost},
      {"\x08\x09\x12\x04skl2"s, FileFormat::kOnnx},
      {"PK\x03\x04 nothing", FileFormat::kZip},
      {"\x89HDF\r\n\x1a\n"s, FileFormat::kHdf5},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(DetectFormat(one.bytes), one.format);
    const auto graph = ReadObjects(one.bytes, one.format);
    ASSERT_FALSE(graph.ok());
    EXPECT_EQ(graph.error().code(), base::Code::kUnimplemented);
    EXPECT_EQ(graph.error().detail("format"), FormatName(one.format));
  }
  EXPECT_EQ(ReadObjects("hello", DetectFormat("hello")).error().reason(), "unknown_format");
}

TEST(OpenFileTest, RefusesMissingSpecialAndLargeFiles) {
  const ScratchFolder scratch;
  EXPECT_EQ(ReadModelFile(scratch.path() / "x").error().code(), base::Code::kNotFound);
  EXPECT_EQ(ReadModelFile(scratch.path()).error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(ReadModelFile("/dev/zero").error().code(), base::Code::kInvalidArgument);
  const auto file = StoredGoldens() / "arrays" / "plain.npy";
  EXPECT_EQ(ReadModelFile(file, 10).error().code(), base::Code::kResourceExhausted);
  EXPECT_TRUE(ReadModelFile(file).ok());
}

}  // namespace
}  // namespace yard::inference::formats
