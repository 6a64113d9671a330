#include "inference/formats/pickle_reader.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/golden_files_test.h"
#include "inference/formats/joblib_reader.h"

namespace yard::inference::formats {
namespace {

using base::Code;
using namespace std::string_literals;
using testing_support::GoldenFiles;
using testing_support::ReadAll;
using testing_support::ScratchFolder;
using testing_support::StoredGoldens;

// The opcodes, so that the streams below can be read.
const std::string kProto4 = "\x80\x04"s;
const std::string kStop = ".";
const std::string kReduce = "R";
const std::string kBuild = "b";
const std::string kStackGlobal = "\x93";
const std::string kMemoize = "\x94";
const std::string kTuple1 = "\x85";
const std::string kTuple2 = "\x86";
const std::string kNewObj = "\x81";
const std::string kNewObjEx = "\x92";
const std::string kEmptyTuple = ")";
const std::string kEmptyDict = "}";
const std::string kNone = "N";

std::string Text(const std::string& text) {
  return "\x8c"s + static_cast<char>(text.size()) + text;
}

std::string Bytes(const std::string& bytes) {
  return "C"s + static_cast<char>(bytes.size()) + bytes;
}

std::string LittleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

std::string Integer(int64_t value) {
  return "\x8a\x08"s + LittleEndian(static_cast<uint64_t>(value), 8);
}

std::string Global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string Call(const std::string& module, const std::string& name, const std::string& argument) {
  return Global(module, name) + Text(argument) + kTuple1 + kReduce;
}

std::string Pickle(const std::string& body) { return kProto4 + body + kStop; }

void ExpectUncalled(const std::string& stream, const std::string& name) {
  const auto graph = ReadPickle(stream);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->root().QualifiedName(), name);
  EXPECT_TRUE(graph->root().is(ObjectKind::kCall) || graph->root().is(ObjectKind::kInstance));
}

void ExpectRefused(const std::string& stream, Code code, const std::string& reason) {
  const auto graph = ReadPickle(stream);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code(), code) << graph.error().ToString();
  EXPECT_EQ(graph.error().reason(), reason) << graph.error().ToString();
}

// ---- payloads that run under pickle.load

TEST(PicklePayloadTest, WritesCallsDownAndMakesNone) {
  const ScratchFolder folder;
  const std::string marker = (folder.path() / "marker").string();
  const std::string command = "touch " + marker;
  const std::string inner = Pickle(Call("os", "system", command));
  const struct {
    std::string stream;
    std::string name;
  } cases[] = {
      {"cos\nsystem\n(S'" + command + "'\ntR.", "os.system"},
      {Pickle(Call("posix", "system", command)), "posix.system"},
      {Pickle(Global("pickle", "loads") + Bytes(inner) + kTuple1 + kReduce), "pickle.loads"},
      {Pickle(Call("pathlib", "Path.touch", marker)), "pathlib.Path.touch"},
      {Pickle(Call("sqlite3", "connect", marker)), "sqlite3.connect"},
      {Pickle(Call("logging", "FileHandler", marker)), "logging.FileHandler"},
      {Pickle(Global("numpy", "save") + Text(marker) + kNone + kTuple2 + kReduce), "numpy.save"},
      {Pickle(Call("timeit", "timeit", command)), "timeit.timeit"},
      {Pickle(Call("builtins", "eval", command)), "builtins.eval"},
      {Pickle(Global("subprocess", "Popen") + Text(command) + kTuple1 + kNewObj),
       "subprocess.Popen"},
      {Pickle(Global("subprocess", "Popen") + Text(command) + kTuple1 + kEmptyDict + kNewObjEx),
       "subprocess.Popen"},
      {Pickle(Global("functools", "partial") + Global("os", "system") + kTuple1 + kReduce + "(" +
              Global("os", "system") + Text(command) + kTuple1 + kEmptyDict + kNone + "t" + kBuild),
       "functools.partial"},
      {Pickle(Global("x", "Evil") + kEmptyTuple + kNewObj + Call("os", "system", command) + kBuild),
       "x.Evil"},
      {Pickle(Call("numpy.f2py.crackfortran", "getlincoef", command)),
       "numpy.f2py.crackfortran.getlincoef"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    ExpectUncalled(one.stream, one.name);
    EXPECT_TRUE(ReadJoblib(one.stream).ok());
  }
  EXPECT_FALSE(std::filesystem::exists(marker));
}

TEST(PicklePayloadTest, SeesNamesThatComeByMemoAndByDup) {
  const std::string by_memo =
      Pickle(Text("os") + kMemoize + "0" + Text("system") + kMemoize + "0" + "h\x00"s + "h\x01" +
             kStackGlobal + Text("id") + kTuple1 + kReduce);
  ExpectUncalled(by_memo, "os.system");
  const std::string by_dup = Pickle(Text("code") + "2" + kStackGlobal + kEmptyTuple + kReduce);
  ExpectUncalled(by_dup, "code.code");
}

TEST(PicklePayloadTest, RefusesOpcodesThatNoModelNeeds) {
  const std::string streams[] = {
      Pickle("\x82\x01"),
      Pickle("\x83\x01\x02"),
      Pickle("\x84\x01\x02\x03\x04"),
      "Pid\n.",
      Pickle(kNone + "Q"),
      "(ios\nsystem\n.",
      Pickle("(" + Global("os", "system") + "o"),
      Pickle("\x97"),
      Pickle(kNone + "\x98"),
  };
  for (const std::string& stream : streams)
    ExpectRefused(stream, Code::kInvalidArgument, "forbidden_opcode");
}

TEST(PicklePayloadTest, FindsThePayloadInAJoblibArrayUncalled) {
  const ScratchFolder folder;
  const std::string marker = (folder.path() / "marker").string();
  const std::string array =
      Pickle(Global("numpy.core.multiarray", "_reconstruct") + Global("numpy", "ndarray") +
             Integer(0) + kTuple1 + Bytes("b") + "\x87" + kReduce + "(" + Integer(1) + Integer(1) +
             kTuple1 + Global("numpy", "dtype") + Text("O8") + kTuple1 + kReduce + "\x89]" +
             Call("os", "system", "touch " + marker) + "at" + kBuild);
  const std::string wrapper = kProto4 + Global("joblib.numpy_pickle", "NumpyArrayWrapper") +
                              kEmptyTuple + kNewObj + kEmptyDict + "(" + Text("shape") +
                              Integer(1) + kTuple1 + Text("order") + Text("C") + Text("dtype") +
                              Global("numpy", "dtype") + Text("O8") + kTuple1 + kReduce + "u" +
                              kBuild + array + kStop;
  const auto graph = ReadJoblib(wrapper);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  ASSERT_TRUE(graph->root().is(ObjectKind::kObjectArray));
  EXPECT_EQ(graph->root().items.at(0)->QualifiedName(), "os.system");
  EXPECT_FALSE(std::filesystem::exists(marker));
}

// ---- streams that cost too much

TEST(PickleLimitsTest, RefusesLengthsBeyondTheFile) {
  ExpectRefused(Pickle("\x96" + LittleEndian(uint64_t{1} << 63, 8)), Code::kInvalidArgument,
                "malformed_pickle");
  ExpectRefused(Pickle("\x8e" + LittleEndian(~uint64_t{0}, 8)), Code::kInvalidArgument,
                "malformed_pickle");
  ExpectRefused(Pickle("X\xff\xff\xff\xff"), Code::kInvalidArgument, "malformed_pickle");
  ExpectRefused(Pickle("\x95" + LittleEndian(1000, 8) + kNone), Code::kInvalidArgument,
                "malformed_pickle");
}

std::string ArrayOf(const std::string& shape, const std::string& bytes) {
  return Pickle(Global("numpy.core.numeric", "_frombuffer") + "(" + bytes +
                Global("numpy", "dtype") + Text("f8") + kTuple1 + kReduce + shape + Text("C") +
                "t" + kReduce);
}

TEST(PickleLimitsTest, RefusesShapesThatOverflowOrDoNotMatchTheBytes) {
  const std::string overflow = Integer(int64_t{1} << 32) + Integer(int64_t{1} << 32) + kTuple2;
  ExpectRefused(ArrayOf(overflow, Bytes("")), Code::kInvalidArgument, "bad_array");
  ExpectRefused(ArrayOf(Integer(2) + kTuple1, Bytes("12345678")), Code::kInvalidArgument,
                "bad_array");
  ExpectRefused(ArrayOf(Integer(-1) + kTuple1, Bytes("12345678")), Code::kInvalidArgument,
                "malformed_pickle");
}

TEST(PickleLimitsTest, KeepsABillionLaughsSmall) {
  std::string body = "](Nt" + kMemoize;  // each list holds the one before ten times
  for (int level = 0; level < 30; ++level) {
    const std::string again = "h" + std::string(1, static_cast<char>(level));
    body += "](";
    for (int i = 0; i < 10; ++i) body += again;
    body += "e" + kMemoize;
  }
  const auto graph = ReadPickle(Pickle(body));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_LT(graph->size(), 1000U);
}

TEST(PickleLimitsTest, RefusesToCopyOneBufferAgainAndAgain) {
  std::string body = "X" + LittleEndian(100'000, 4) + std::string(100'000, 'x') + kMemoize + "0";
  for (int i = 0; i < 10'000; ++i)
    body += Global("_codecs", "encode") + "h\x00"s + Text("latin1") + kTuple2 + kReduce + "0";
  ExpectRefused(Pickle(body + kNone), Code::kResourceExhausted, "too_many_bytes");
}

TEST(PickleLimitsTest, RefusesRecordsOfTooManyFields) {
  std::string names = "(";
  for (int i = 0; i < 5000; ++i) names += "h\x00"s;
  const std::string stream = Pickle(Text("field") + kMemoize + "0" + Global("numpy", "dtype") +
                                    Text("V8") + kTuple1 + kReduce + "(" + Integer(3) + Text("|") +
                                    kNone + names + "t" + kEmptyDict + "t" + kBuild);
  ExpectRefused(stream, Code::kInvalidArgument, "malformed_pickle");
}

TEST(PickleLimitsTest, RefusesTooManyObjectsMemosAndDigits) {
  PickleLimits limits;
  limits.max_objects = 100;
  const auto graph = ReadPickle(Pickle(std::string(200, ']')), limits);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().reason(), "too_many_objects");
  ExpectRefused(Pickle(kNone + "r\xff\xff\xff\x7f"), Code::kResourceExhausted, "pickle_limit");
  ExpectRefused(Pickle("\x8b" + LittleEndian(2000, 4) + std::string(2000, '\x01')),
                Code::kResourceExhausted, "pickle_limit");
}

TEST(PickleLimitsTest, SurvivesDeepNestingAndCycles) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += kTuple1;
  EXPECT_TRUE(ReadPickle(Pickle(kNone + deep)).ok());
  const auto cycle = ReadPickle(Pickle("]" + kMemoize + "h\x00"s + "a"));
  ASSERT_TRUE(cycle.ok());
  EXPECT_EQ(cycle->root().items.at(0), &cycle->root());
}

// ---- damaged streams

TEST(PickleReaderTest, RefusesStreamsThatBreakTheMachine) {
  const std::string bodies[] = {
      "",
      "0",
      "1",
      "t",
      "a",
      kReduce,
      kBuild,
      kNone + "h\x05",
      kNone + kNone + "R",
      "]" + kNone + "b",
      kNone + kNone + "a",
      "}(N"
      "u",
      "\x80\x06",
      "\x01",
      kStackGlobal,
      "\x85",
      "(\x86",
      Text("\xff"),
      kNone + "(" + kStop,
  };
  for (const std::string& body : bodies) EXPECT_FALSE(ReadPickle(Pickle(body)).ok()) << body;
}

TEST(PickleReaderTest, EveryPrefixOfAModelIsRefused) {
  for (const auto& file : GoldenFiles(StoredGoldens() / "objects")) {
    const std::string bytes = ReadAll(file);
    if (file.extension() == ".skops" || bytes.size() > 9000) continue;
    SCOPED_TRACE(file.filename().string());
    for (size_t length = 0; length + 1 < bytes.size(); length += 7) {
      const auto graph = ReadJoblib(std::string_view(bytes).substr(0, length));
      ASSERT_FALSE(graph.ok()) << length;
    }
  }
}

TEST(PickleReaderTest, NamesTheOffsetOfTheDamage) {
  const auto graph = ReadPickle(Pickle(kNone + "\x01"));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().detail("offset"), "3");
}

TEST(PickleReaderTest, ReadsTheTextOpcodesOfProtocolZero) {
  const auto graph =
      ReadPickle("(I42\nI01\nL-12345678901234567890L\nF0.5\nS'a\\x41\\n'\nV\\u00e9\ntp0\n.");
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto& items = graph->root().items;
  ASSERT_EQ(items.size(), 6U);
  EXPECT_EQ(items[0]->integer, 42);
  EXPECT_TRUE(items[1]->is(ObjectKind::kBool) && items[1]->boolean);
  EXPECT_EQ(items[2]->text, "-12345678901234567890");
  EXPECT_EQ(items[3]->real, 0.5);
  EXPECT_EQ(items[4]->text, "aA\n");
  EXPECT_EQ(items[5]->text, "\xc3\xa9");
}

TEST(PickleReaderTest, ReadsLongIntegersOfBothSigns) {
  const auto graph =
      ReadPickle(Pickle("(" + "\x8a\x01\xff"s + "\x8a\x00"s + "\x8a\x09"s + std::string(8, '\0') +
                        "\x01" + "\x8a\x09"s + std::string(8, '\0') + "\xff" + "t"));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->root().items[0]->integer, -1);
  EXPECT_EQ(graph->root().items[1]->integer, 0);
  EXPECT_EQ(graph->root().items[2]->text, "18446744073709551616");
  EXPECT_EQ(graph->root().items[3]->text, "-18446744073709551616");
}

TEST(PickleReaderTest, KeepsTheBytesOfABufferThatTwoArraysShare) {
  const std::string bytes = "B" + LittleEndian(800, 4) + std::string(800, '\x01');
  const std::string dtype = Global("numpy", "dtype") + Text("f8") + kTuple1 + kReduce;
  const std::string rest = dtype + Integer(100) + kTuple1 + Text("C") + "t" + kReduce;
  const std::string from_buffer = Global("numpy.core.numeric", "_frombuffer") + "(";
  const auto graph = ReadPickle(Pickle("(" + from_buffer + bytes + kMemoize + rest + from_buffer +
                                       "h\x00"s + rest + "h\x00"s + "t"));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto& items = graph->root().items;
  EXPECT_EQ(items.at(0)->array.data, std::string(800, '\x01'));
  EXPECT_EQ(items.at(1)->array.data, std::string(800, '\x01'));
  EXPECT_EQ(items.at(2)->text, std::string(800, '\x01'));
}

}  // namespace
}  // namespace yard::inference::formats
