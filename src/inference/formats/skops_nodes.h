#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json/reader.h"
#include "base/result.h"
#include "inference/formats/numpy_objects.h"
#include "inference/formats/object.h"
#include "inference/formats/object_factory.h"
#include "inference/formats/zip_archive.h"

namespace yard::inference::formats {

/// Reads the nodes of a skops schema front to back, without a tree of the JSON. A node names its
/// loader ("DictNode"); the loader says what its content is: nodes in a list, nodes by name, one
/// node, or text. Errors: kInvalidArgument (reason "malformed_skops").
class SkopsNodes {
 public:
  SkopsNodes(const ZipArchive& archive, ObjectFactory& factory)
      : archive_(archive), factory_(factory), numpy_(factory) {}

  base::Result<Object*> ReadSchema(std::string_view schema);

 private:
  using Element = base::json::Element;

  /// What was read of one node. Which parts are there depends on the loader.
  struct Node {
    std::string loader;
    std::string class_name;
    std::string module;
    std::optional<int64_t> id;
    std::string file;
    std::string type;
    std::string text;                                            // content that is text
    std::vector<const Object*> items;                            // content that is a list of nodes
    std::vector<std::pair<std::string, const Object*>> members;  // … nodes by name
    Object* content = nullptr;                                   // … one node
    const Object* key_types = nullptr;
    const Object* shape = nullptr;
    const Object* attributes = nullptr;
    const Object* arguments = nullptr;
    std::optional<std::string_view> raw_content;  // content that came before the loader's name
  };
  enum class ContentShape { kIgnored, kText, kItems, kMembers, kNode };
  static ContentShape ShapeOfContent(const Node& node);

  base::Result<Object*> ReadNode(Element element);
  base::Result<void> ReadField(std::string_view key, Element value, Node& node);
  base::Result<void> ReadContent(Element value, Node& node);
  base::Result<void> ReadRawContent(Node& node);
  base::Result<void> ReadItems(Element value, Node& node);
  base::Result<void> ReadMembers(Element value, Node& node);
  base::Result<const Object*> ReadMember(Element value);
  base::Result<const Object*> ReadReduce(Element value);
  base::Result<Object*> ReadPlain(Element value);

  // From a node to its object.
  base::Result<Object*> MakeObject(const Node& node);
  base::Result<Object*> MakeJson(const Node& node);
  base::Result<Object*> MakeSequence(const Node& node, ObjectKind kind);
  base::Result<Object*> MakeDict(const Node& node);
  base::Result<Object*> MakeDefaultDict(const Node& node);
  base::Result<Object*> MakeArray(const Node& node);
  base::Result<Object*> MakeObjectArray(const Node& node);
  base::Result<Object*> MakeMaskedArray(const Node& node);
  base::Result<Object*> MakeSparseMatrix(const Node& node);
  base::Result<Object*> MakeDtype(const Node& node);
  base::Result<Object*> MakeBytes(const Node& node);
  base::Result<Object*> MakeSymbol(const Node& node);
  base::Result<Object*> MakeFunction(const Node& node);
  base::Result<Object*> MakeInstance(const Node& node);
  base::Result<Object*> MakeReduced(const Node& node);
  base::Result<Object*> MakeConstructed(const Node& node);
  base::Result<Object*> MakePartial(const Node& node);
  base::Result<Object*> MakeMethod(const Node& node);
  base::Result<Object*> MakeOperator(const Node& node);
  base::Result<Object*> MakeSlice(const Node& node);
  base::Result<Object*> MakeBare(const Node& node);

  base::Result<Object*> MakeCall(const Object& callable, std::vector<const Object*> arguments);
  base::Result<Object*> MakeKey(const Object& type, const std::string& text);
  base::Result<std::string> ReadFile(const Node& node);
  base::Result<std::vector<const Object*>> Flatten(std::vector<const Object*> items, size_t rank);

  const ZipArchive& archive_;
  ObjectFactory& factory_;
  NumpyObjects numpy_;
  std::unordered_map<int64_t, Object*> by_id_;
  int64_t protocol_ = 0;
  int depth_ = 0;
};

}  // namespace yard::inference::formats
