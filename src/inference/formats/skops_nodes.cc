#include "inference/formats/skops_nodes.h"

#include <algorithm>

namespace yard::inference::formats {
namespace {

using base::Result;
using base::json::Element;
using base::json::Kind;

constexpr int64_t kNewestProtocol = 2;
constexpr int kMaxDepth = 120;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_skops");
}

Result<std::string> Text(Element value) {
  YARD_ASSIGN_OR_RETURN(const std::string_view text, value.String());
  return std::string(text);
}

Result<Kind> KindOf(Element value) { return value.kind(); }

}  // namespace

Result<Object*> SkopsNodes::ReadSchema(std::string_view schema) {
  Object* root = nullptr;
  YARD_RETURN_IF_ERROR(base::json::Read(schema, [&](Element element) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(root, ReadNode(element));
    return {};
  }));
  if (protocol_ > kNewestProtocol) {
    return base::Unimplemented("the skops file has a newer protocol than this version reads",
                               {"protocol", std::to_string(protocol_)})
        .WithReason("newer_protocol");
  }
  return root;
}

Result<Object*> SkopsNodes::ReadNode(Element element) {
  if (depth_ >= kMaxDepth) return Malformed("the skops schema is nested too deeply");
  ++depth_;
  Node node;
  YARD_RETURN_IF_ERROR(element.ForEachField(
      [&](std::string_view key, Element value) { return ReadField(key, value, node); }));
  if (node.raw_content) YARD_RETURN_IF_ERROR(ReadRawContent(node));
  --depth_;
  if (node.id) {
    if (const auto known = by_id_.find(*node.id); known != by_id_.end()) return known->second;
  }
  YARD_ASSIGN_OR_RETURN(Object * object, MakeObject(node));
  if (node.id) by_id_.emplace(*node.id, object);
  return object;
}

Result<void> SkopsNodes::ReadField(std::string_view key, Element value, Node& node) {
  const auto read_text = [&value](std::string& target) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(target, Text(value));
    return {};
  };
  const auto read_node = [this, &value](const Object*& target) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(target, ReadNode(value));
    return {};
  };
  const auto read_integer = [&value](auto& target) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(target, value.Integer());
    return {};
  };
  if (key == "__loader__") return read_text(node.loader);
  if (key == "__class__") return read_text(node.class_name);
  if (key == "__module__") return read_text(node.module);
  if (key == "__id__") return read_integer(node.id);
  if (key == "content") return ReadContent(value, node);
  if (key == "key_types") return read_node(node.key_types);
  if (key == "file") return read_text(node.file);
  if (key == "type") return read_text(node.type);
  if (key == "shape") return read_node(node.shape);
  if (key == "attrs") return read_node(node.attributes);
  if (key == "protocol") return read_integer(protocol_);
  if (key == "__reduce__") {
    YARD_ASSIGN_OR_RETURN(node.arguments, ReadReduce(value));
  }
  return {};
}

// {"args": node}
Result<const Object*> SkopsNodes::ReadReduce(Element value) {
  const Object* arguments = nullptr;
  YARD_RETURN_IF_ERROR(value.ForEachField([&](std::string_view key, Element inner) -> Result<void> {
    if (key != "args") return {};
    YARD_ASSIGN_OR_RETURN(arguments, ReadNode(inner));
    return {};
  }));
  return arguments;
}

SkopsNodes::ContentShape SkopsNodes::ShapeOfContent(const Node& node) {
  static const std::unordered_map<std::string_view, ContentShape> kShapes = {
      {"JsonNode", ContentShape::kText},
      {"ListNode", ContentShape::kItems},
      {"SetNode", ContentShape::kItems},
      {"TupleNode", ContentShape::kItems},
      {"NdArrayNode", ContentShape::kItems},
      {"DictNode", ContentShape::kMembers},
      {"DefaultDictNode", ContentShape::kMembers},
      {"_DictWithDeprecatedKeysNode", ContentShape::kMembers},
      {"PartialNode", ContentShape::kMembers},
      {"MethodNode", ContentShape::kMembers},
      {"MaskedArrayNode", ContentShape::kMembers},
      {"SliceNode", ContentShape::kMembers},
      {"FunctionNode", ContentShape::kMembers},  // protocol 0
      {"ObjectNode", ContentShape::kNode},
      {"ConstructorFromReduceNode", ContentShape::kNode},
      {"DTypeNode", ContentShape::kNode},
      {"TreeNode", ContentShape::kNode},
      {"LossNode", ContentShape::kNode},
      {"ReduceNode", ContentShape::kNode},
  };
  const auto found = kShapes.find(node.loader);
  return found == kShapes.end() ? ContentShape::kIgnored : found->second;
}

Result<void> SkopsNodes::ReadContent(Element value, Node& node) {
  if (node.loader.empty()) {  // trees and losses name their loader last
    YARD_ASSIGN_OR_RETURN(node.raw_content, value.Raw());
    return {};
  }
  switch (ShapeOfContent(node)) {
    case ContentShape::kIgnored:
      return {};
    case ContentShape::kText: {
      YARD_ASSIGN_OR_RETURN(node.text, Text(value));
      return factory_.Spend(node.text.size());
    }
    case ContentShape::kItems:
      return ReadItems(value, node);
    case ContentShape::kMembers:
      return ReadMembers(value, node);
    case ContentShape::kNode: {
      YARD_ASSIGN_OR_RETURN(const bool is_null, value.IsNull());
      if (is_null) return {};
      YARD_ASSIGN_OR_RETURN(node.content, ReadNode(value));
      return {};
    }
  }
  return {};
}

Result<void> SkopsNodes::ReadRawContent(Node& node) {
  if (node.loader.empty()) return {};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
  YARD_RETURN_IF_ERROR(factory_.Spend(node.raw_content->size()));
  // An array around it, because a document's root may not be a scalar.
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
  const std::string document = "[" + std::string(*node.raw_content) + "]";
  node.raw_content.reset();
  return base::json::Read(document, [&](Element root) {
    return root.ForEachItem([&](Element item) { return ReadContent(item, node); });
  });
}

Result<void> SkopsNodes::ReadItems(Element value, Node& node) {
  return value.ForEachItem([&](Element item) -> Result<void> {
    YARD_ASSIGN_OR_RETURN(const Object* object, ReadNode(item));
    node.items.push_back(object);
    return {};
  });
}

Result<void> SkopsNodes::ReadMembers(Element value, Node& node) {
  return value.ForEachField([&](std::string_view key, Element member) -> Result<void> {
    YARD_RETURN_IF_ERROR(factory_.Spend(key.size()));
    std::string name(key);
    YARD_ASSIGN_OR_RETURN(const Object* object, ReadMember(member));
    node.members.emplace_back(std::move(name), object);
    return {};
  });
}

// A member is a node; of slices, methods and old functions it may be a plain value.
Result<const Object*> SkopsNodes::ReadMember(Element value) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, KindOf(value));
  auto object = kind == Kind::kObject ? ReadNode(value) : ReadPlain(value);
  YARD_ASSIGN_OR_RETURN(const Object* member, std::move(object));
  return member;
}

Result<Object*> SkopsNodes::ReadPlain(Element value) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, KindOf(value));
  switch (kind) {
    case Kind::kString: {
      YARD_ASSIGN_OR_RETURN(std::string text, Text(value));
      YARD_RETURN_IF_ERROR(factory_.Spend(text.size()));
      return factory_.String(std::move(text));
    }
    case Kind::kNumber: {
      YARD_ASSIGN_OR_RETURN(const int64_t integer, value.Integer());
      return factory_.Integer(integer);
    }
    case Kind::kBool: {
      YARD_ASSIGN_OR_RETURN(const bool flag, value.Bool());
      return factory_.Bool(flag);
    }
    case Kind::kNull:
      return factory_.None();
    case Kind::kObject:
    case Kind::kArray:
      break;
  }
  return Malformed("a plain value was expected");
}

}  // namespace yard::inference::formats
