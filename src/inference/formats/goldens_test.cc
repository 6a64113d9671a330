#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/value.h"
#include "inference/formats/golden_files_test.h"
#include "inference/formats/npy_reader.h"
#include "inference/formats/open_file.h"

// Every container of every model must give the same graph: what Python saw in the live object.
namespace yard::inference::formats {
namespace {

using base::json::Value;
using testing_support::ExpectedOf;
using testing_support::FreshGoldens;
using testing_support::GoldenFiles;
using testing_support::ReadAll;
using testing_support::StoredGoldens;

double Hexadecimal(const Value& text) {
  return std::strtod(std::string(text.string_or("?")).c_str(), nullptr);
}

bool SameBits(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return true;
  return a == b && std::signbit(a) == std::signbit(b);
}

const Object* Step(const Object& object, std::string_view step) {
  const std::string_view name = step.substr(2);
  if (step.starts_with("a:") || step.starts_with("k:")) return FindAttribute(object, name);
  size_t index = 0;
  std::from_chars(name.data(), name.data() + name.size(), index);
  return index < object.items.size() ? object.items[index] : nullptr;
}

const Object* Follow(const Object& root, const Value& path) {
  const Object* object = &root;
  for (const Value& step : *path.as_array()) {
    if (object == nullptr) return nullptr;
    object = Step(*object, step.string_or(""));
  }
  return object;
}

std::string CheckNumbers(const base::Result<std::vector<double>>& found, const Value& expected) {
  if (!found.ok()) return found.error().ToString();
  const auto& numbers = *expected.as_array();
  if (numbers.size() != found->size()) return "has another number of elements";
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!SameBits((*found)[i], Hexadecimal(numbers[i])))
      return "differs at " + std::to_string(i) + ": " + std::to_string((*found)[i]);
  }
  return {};
}

bool SameShape(const NumericArray& array, const Value& expected) {
  const auto& shape = *expected.as_array();
  if (shape.size() != array.shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i].integer_or(-1) != static_cast<int64_t>(array.shape[i])) return false;
  }
  return true;
}

std::string CheckTexts(const NumericArray& array, const Value& expected) {
  const auto texts = array.AsTexts();
  if (!texts.ok()) return texts.error().ToString();
  const auto& wanted = *expected.as_array();
  if (wanted.size() != texts->size()) return "has another number of texts";
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].string_or("") != (*texts)[i]) return "text differs at " + std::to_string(i);
  }
  return {};
}

std::string ToHex(const std::string& bytes) {
  std::string hex;
  for (const char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

std::string CheckKind(bool is_right) { return is_right ? "" : "is of another kind or value"; }

// Empty when `object` is what the line expects.
std::string Check(const Object& object, std::string_view type, const Value& value) {
  const auto size_is = [&](ObjectKind kind, size_t size) {
    return object.is(kind) && static_cast<int64_t>(size) == value.integer_or(-1);
  };
  if (type == "none") return CheckKind(object.is(ObjectKind::kNone));
  if (type == "bool")
    return CheckKind(object.is(ObjectKind::kBool) && object.boolean == *value.as_bool());
  if (type == "real")
    return CheckKind(object.is(ObjectKind::kReal) && SameBits(object.real, Hexadecimal(value)));
  if (type == "str")
    return CheckKind(object.is(ObjectKind::kString) && object.text == value.string_or(""));
  if (type == "bytes")
    return CheckKind(object.is(ObjectKind::kBytes) && ToHex(object.text) == value.string_or(""));
  if (type == "int") {
    const bool is_small = object.is(ObjectKind::kInteger);
    const std::string text = is_small ? std::to_string(object.integer) : object.text;
    return CheckKind((is_small || object.is(ObjectKind::kBigInteger)) &&
                     text == value.string_or(""));
  }
  if (type == "list") return CheckKind(size_is(ObjectKind::kList, object.items.size()));
  if (type == "tuple") return CheckKind(size_is(ObjectKind::kTuple, object.items.size()));
  if (type == "set") return CheckKind(size_is(ObjectKind::kSet, object.items.size()));
  if (type == "dict") return CheckKind(size_is(ObjectKind::kDict, object.entries.size()));
  if (type == "class") return CheckKind(object.ClassName() == value.string_or(""));
  if (type == "symbol") {
    return CheckKind(
        object.is(ObjectKind::kSymbol) &&
        (object.QualifiedName() == value.string_or("") ||
         "__builtin__" + std::string(value.string_or("")).substr(8) == object.QualifiedName()));
  }
  if (type == "partial") {
    return CheckKind(object.is(ObjectKind::kCall) &&
                     object.QualifiedName() == "functools.partial" && object.items.size() == 3);
  }
  if (type == "slice")
    return CheckKind(object.is(ObjectKind::kCall) && object.symbol->text == "slice");
  if (type == "dtype") return CheckKind(object.text == value.string_or(""));
  if (type == "objects")
    return CheckKind(object.is(ObjectKind::kObjectArray) && SameShape(object.array, value));
  if (!object.is(ObjectKind::kArray)) return "is no array";
  if (type == "shape") return CheckKind(SameShape(object.array, value));
  const auto& parts = *value.as_array();
  if (type == "field")
    return CheckNumbers(object.array.FieldAsDoubles(parts[0].string_or("")), parts[1]);
  if (!SameShape(object.array, parts[0])) return "has another shape";
  if (type == "texts") return CheckTexts(object.array, parts[1]);
  return CheckNumbers(object.array.AsDoubles(), parts[1]);
}

size_t CheckLines(const Object& root, const std::filesystem::path& expected) {
  std::istringstream lines(ReadAll(expected));
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto value = base::json::Parse(line);
    EXPECT_TRUE(value.ok()) << line;
    const Object* object = Follow(root, (*value)["p"]);
    const std::string problem = object == nullptr
                                    ? "is missing"
                                    : Check(*object, (*value)["t"].string_or(""), (*value)["v"]);
    EXPECT_EQ(problem, "") << line.substr(0, 300);
  }
  return count;
}

void CheckObjects(const std::filesystem::path& folder) {
  for (const auto& file : GoldenFiles(folder)) {
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = ReadAll(file);
    const auto graph = ReadObjects(bytes, DetectFormat(bytes));
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    EXPECT_GT(CheckLines(graph->root(), ExpectedOf(file)), 10U);
  }
}

void CheckArrays(const std::filesystem::path& folder) {
  for (const auto& file : GoldenFiles(folder)) {
    SCOPED_TRACE(file.filename().string());
    auto array = ReadNpy(ReadAll(file));
    ASSERT_TRUE(array.ok()) << array.error().ToString();
    Object object;
    object.kind = ObjectKind::kArray;
    object.array = *std::move(array);
    CheckLines(object, ExpectedOf(file));
  }
}

TEST(GoldensTest, EveryContainerGivesTheGraphThatPythonSaw) {
  CheckObjects(StoredGoldens() / "objects");
}

TEST(GoldensTest, EveryNpyFileGivesTheArrayThatNumpySaw) {
  CheckArrays(StoredGoldens() / "arrays");
}

TEST(GoldensTest, FreshFilesOfTheInstalledLibrariesReadTheSame) {
  const auto folder = FreshGoldens();
  if (folder.empty()) GTEST_SKIP() << "YARD_PYTHON names no interpreter";
  CheckObjects(folder / "objects");
  CheckArrays(folder / "arrays");
}

}  // namespace
}  // namespace yard::inference::formats
