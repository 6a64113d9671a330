#include "inference/formats/skops_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/golden_files_test.h"
#include "inference/formats/zip_bytes.h"

namespace yard::inference::formats {
namespace {

using testing_support::MakeZip;
using testing_support::Stored;

base::Result<ObjectGraph> ReadSchema(const std::string& schema) {
  return ReadSkops(MakeZip({Stored("schema.json", schema)}));
}

std::string Node(const std::string& loader, const std::string& rest, const std::string& name = "x",
                 const std::string& module = "m") {
  return R"({"__class__":")" + name + R"(","__module__":")" + module + R"(","__loader__":")" +
         loader + "\"" + (rest.empty() ? "" : "," + rest) + "}";
}

std::string Json(const std::string& text) {
  return Node("JsonNode", R"("content":")" + text + "\"", "str", "builtins");
}

std::string List(const std::string& loader, const std::string& type, const std::string& items) {
  return Node(loader, "\"content\":[" + items + "]", type, "builtins");
}

TEST(SkopsReaderTest, ReadsEveryKindOfJsonNode) {
  const auto graph = ReadSchema(List("ListNode", "list",
                                     Json("null") + "," + Json("true") + "," + Json("-7") + "," +
                                         Json("0.5") + "," + Json("NaN") + "," + Json("\\\"a\\\"") +
                                         "," + Json("123456789012345678901234567890")));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  const auto& items = graph->root().items;
  EXPECT_TRUE(items.at(0)->is(ObjectKind::kNone));
  EXPECT_TRUE(items.at(1)->boolean);
  EXPECT_EQ(items.at(2)->integer, -7);
  EXPECT_EQ(items.at(3)->real, 0.5);
  EXPECT_NE(items.at(4)->real, items.at(4)->real);
  EXPECT_EQ(items.at(5)->text, "a");
  EXPECT_EQ(items.at(6)->text, "123456789012345678901234567890");
}

TEST(SkopsReaderTest, GivesKeysTheirTypes) {
  const std::string types =
      List("ListNode", "list",
           Node("TypeNode", "", "int", "builtins") + "," + Node("TypeNode", "", "str", "builtins"));
  const auto graph = ReadSchema(
      Node("DictNode",
           R"("content":{"3":)" + Json("1") + R"(,"3":)" + Json("2") + "},\"key_types\":" + types,
           "dict", "builtins"));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->root().entries.at(0).first->integer, 3);
  EXPECT_EQ(graph->root().entries.at(1).first->text, "3");
}

TEST(SkopsReaderTest, SharesObjectsOfOneId) {
  const std::string shared = Node("ListNode", "\"content\":[],\"__id__\":5", "list", "builtins");
  const auto graph = ReadSchema(List("TupleNode", "tuple", shared + "," + shared));
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->root().items.at(0), graph->root().items.at(1));
}

TEST(SkopsReaderTest, ReadsContentThatComesBeforeItsLoader) {
  const std::string tree =
      R"({"__class__":"Tree","__module__":"sklearn.tree._tree",)"
      R"("__reduce__":{"args":)" +
      List("TupleNode", "tuple", Json("3")) + R"(},"content":)" +
      Node("DictNode", R"("content":{"a":)" + Json("1") + "}", "dict", "builtins") +
      R"(,"__id__":1,"__loader__":"TreeNode"})";
  const auto graph = ReadSchema(tree);
  ASSERT_TRUE(graph.ok()) << graph.error().ToString();
  EXPECT_EQ(graph->root().ClassName(), "Tree");
  EXPECT_EQ(graph->root().items.at(0)->integer, 3);
  EXPECT_EQ(IntegerAttribute(graph->root(), "a").value_or(0), 1);
}

TEST(SkopsReaderTest, WritesExecutableNodesDown) {
  const std::string command = List("TupleNode", "tuple", Json("\\\"id\\\""));
  const struct {
    std::string schema;
    std::string name;
  } cases[] = {
      {Node("OperatorFuncNode", "\"attrs\":" + command, "call", "operator"), "operator.call"},
      {Node("ConstructorFromReduceNode", "\"content\":" + command, "system", "posix"),
       "posix.system"},
      {Node("ReduceNode", R"("__reduce__":{"args":)" + command + "}", "system", "posix"),
       "posix.system"},
      {Node("FunctionNode", R"("content":{"module_path":"os","function":"system"})"), "os.system"},
      {Node("MethodNode",
            R"("content":{"func":"system","obj":)" + Node("TypeNode", "", "os", "os") + "}"),
       "builtins.getattr"},
      {Node("NodeOfTomorrow", R"("content":[1,2])", "New", "pkg"), "pkg.New"},
  };
  for (const auto& one : cases) {
    const auto graph = ReadSchema(one.schema);
    ASSERT_TRUE(graph.ok()) << graph.error().ToString();
    EXPECT_EQ(graph->root().QualifiedName(), one.name);
  }
}

TEST(SkopsReaderTest, RefusesDamagedSchemas) {
  const std::string schemas[] = {
      "",
      "[]",
      "{}",
      "{\"__loader__\":5}",
      Node("ListNode", "\"content\":{}"),
      Node("JsonNode", "\"content\":\"{}\""),
      Node("DictNode",
           "\"content\":{\"a\":" + Json("1") + "},\"key_types\":" + List("ListNode", "list", "")),
      Node("NdArrayNode", "\"type\":\"numpy\",\"file\":\"missing.npy\""),
      Node("NdArrayNode",
           "\"type\":\"json\",\"content\":[],\"shape\":" + List("TupleNode", "tuple", Json("3"))),
      Node("SparseMatrixNode", "\"file\":\"schema.json\""),
      Node("DTypeNode", ""),
      Node("PartialNode", ""),
      Node("SliceNode", ""),
  };
  for (const std::string& schema : schemas) EXPECT_FALSE(ReadSchema(schema).ok()) << schema;
}

TEST(SkopsReaderTest, RefusesDeepNestingHoweverItIsHidden) {
  std::string plain = Json("1");
  std::string hidden = "{}";
  for (int i = 0; i < 300; ++i) {
    plain = List("ListNode", "list", plain);
    hidden = R"({"content":)" + hidden + R"(,"__loader__":"ObjectNode"})";
  }
  EXPECT_FALSE(ReadSchema(plain).ok());
  EXPECT_FALSE(ReadSchema(hidden).ok());
}

TEST(SkopsReaderTest, RefusesANewerProtocol) {
  const auto graph = ReadSchema(Node("JsonNode", "\"content\":\"1\",\"protocol\":3"));
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code(), base::Code::kUnimplemented);
}

TEST(SkopsReaderTest, RefusesAZipWithoutSchema) {
  EXPECT_EQ(ReadSkops(MakeZip({Stored("a", "b")})).error().reason(), "malformed_skops");
}

}  // namespace
}  // namespace yard::inference::formats
