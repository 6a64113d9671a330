#include <charconv>
#include <limits>

#include "base/json/value.h"
#include "inference/formats/array_builder.h"
#include "inference/formats/npy_reader.h"
#include "inference/formats/pickle_text.h"
#include "inference/formats/skops_nodes.h"

// How the nodes of skops_nodes.cc become objects: the same shapes that a pickle gives (object.h).
namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_skops");
}

template <typename Members>
Result<const Object*> Member(const Members& members, std::string_view name) {
  for (const auto& [key, object] : members) {
    if (key == name) return object;
  }
  return Malformed("a node lacks its part " + std::string(name));
}

bool IsIntegerType(std::string_view name) {
  return name == "int" || name.starts_with("int") || name.starts_with("uint");
}

bool IsRealType(std::string_view name) { return name.starts_with("float"); }

bool IsEmpty(const Object& object) {
  return object.is(ObjectKind::kNone) || (object.items.empty() && object.entries.empty());
}

}  // namespace

Result<Object*> SkopsNodes::MakeObject(const Node& node) {
  using Maker = Result<Object*> (SkopsNodes::*)(const Node&);
  static const std::unordered_map<std::string_view, Maker> kMakers = {
      {"JsonNode", &SkopsNodes::MakeJson},
      {"DictNode", &SkopsNodes::MakeDict},
      {"DefaultDictNode", &SkopsNodes::MakeDefaultDict},
      {"_DictWithDeprecatedKeysNode", &SkopsNodes::MakeDefaultDict},
      {"NdArrayNode", &SkopsNodes::MakeArray},
      {"MaskedArrayNode", &SkopsNodes::MakeMaskedArray},
      {"SparseMatrixNode", &SkopsNodes::MakeSparseMatrix},
      {"DTypeNode", &SkopsNodes::MakeDtype},
      {"BytesNode", &SkopsNodes::MakeBytes},
      {"BytearrayNode", &SkopsNodes::MakeBytes},
      {"TypeNode", &SkopsNodes::MakeSymbol},
      {"FunctionNode", &SkopsNodes::MakeFunction},
      {"ObjectNode", &SkopsNodes::MakeInstance},
      {"TreeNode", &SkopsNodes::MakeReduced},
      {"LossNode", &SkopsNodes::MakeReduced},
      {"ReduceNode", &SkopsNodes::MakeReduced},
      {"ConstructorFromReduceNode", &SkopsNodes::MakeConstructed},
      {"PartialNode", &SkopsNodes::MakePartial},
      {"MethodNode", &SkopsNodes::MakeMethod},
      {"OperatorFuncNode", &SkopsNodes::MakeOperator},
      {"SliceNode", &SkopsNodes::MakeSlice},
      {"RandomStateNode", &SkopsNodes::MakeBare},
      {"RandomGeneratorNode", &SkopsNodes::MakeBare},
  };
  if (node.loader == "ListNode") return MakeSequence(node, ObjectKind::kList);
  if (node.loader == "SetNode") return MakeSequence(node, ObjectKind::kSet);
  if (node.loader == "TupleNode") return MakeSequence(node, ObjectKind::kTuple);
  if (node.loader.empty()) return Malformed("a node names no loader");
  const auto found = kMakers.find(node.loader);
  // A loader of tomorrow, or of another package: its class is known, its content is not.
  return found == kMakers.end() ? MakeBare(node) : (this->*found->second)(node);
}

// A JSON scalar as text; Python's json also writes NaN and Infinity.
Result<Object*> SkopsNodes::MakeJson(const Node& node) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (node.text == "NaN") return factory_.Real(std::numeric_limits<double>::quiet_NaN());
  if (node.text == "Infinity") return factory_.Real(kInfinity);
  if (node.text == "-Infinity") return factory_.Real(-kInfinity);
  const bool is_digits =
      !node.text.empty() && node.text.find_first_not_of("-0123456789") == std::string::npos;
  if (is_digits) return ParseDecimal(factory_, node.text);
  YARD_ASSIGN_OR_RETURN(const base::json::Value value, base::json::Parse(node.text));
  if (value.is_null()) return factory_.None();
  if (const bool* flag = value.as_bool()) return factory_.Bool(*flag);
  if (const int64_t* integer = value.as_integer()) return factory_.Integer(*integer);
  if (const double* real = value.as_double()) return factory_.Real(*real);
  if (const std::string* text = value.as_string()) return factory_.String(*text);
  return Malformed("a JSON node holds no scalar");
}

Result<Object*> SkopsNodes::MakeSequence(const Node& node, ObjectKind kind) {
  const std::string_view plain = kind == ObjectKind::kList  ? "list"
                                 : kind == ObjectKind::kSet ? "set"
                                                            : "tuple";
  const bool is_plain =
      node.module == "builtins" && (node.class_name == plain || node.class_name == "frozenset");
  YARD_ASSIGN_OR_RETURN(Object * sequence, factory_.New(is_plain ? kind : ObjectKind::kInstance));
  sequence->items = node.items;
  if (!is_plain) {  // a named tuple, or another class that extends the builtin one
    YARD_ASSIGN_OR_RETURN(sequence->symbol, MakeSymbol(node));
  }
  return sequence;
}

Result<Object*> SkopsNodes::MakeDict(const Node& node) {
  const bool has_types = node.key_types != nullptr;
  if (has_types && node.key_types->items.size() != node.members.size())
    return Malformed("a dict has not as many types as keys");
  YARD_ASSIGN_OR_RETURN(Object * dict, factory_.New(ObjectKind::kDict));
  dict->entries.reserve(node.members.size());
  for (size_t i = 0; i < node.members.size(); ++i) {
    const auto& [name, value] = node.members[i];
    if (!has_types) {
      YARD_ASSIGN_OR_RETURN(const Object* key, factory_.String(name));
      dict->entries.emplace_back(key, value);
      continue;
    }
    YARD_ASSIGN_OR_RETURN(const Object* key, MakeKey(*node.key_types->items[i], name));
    dict->entries.emplace_back(key, value);
  }
  return dict;
}

// JSON's keys are text; the type says what they were.
Result<Object*> SkopsNodes::MakeKey(const Object& type, const std::string& text) {
  const std::string& name = type.text;
  if (!type.is(ObjectKind::kSymbol)) return Malformed("a key's type is no type");
  if (IsIntegerType(name)) return ParseDecimal(factory_, text);
  if (name == "bool" || name == "bool_") return factory_.Bool(text == "true" || text == "True");
  if (name == "NoneType") return factory_.None();
  if (!IsRealType(name)) return factory_.String(text);
  if (text == "NaN") return factory_.Real(std::numeric_limits<double>::quiet_NaN());
  if (text == "Infinity" || text == "-Infinity")
    return factory_.Real(text.front() == '-' ? -std::numeric_limits<double>::infinity()
                                             : std::numeric_limits<double>::infinity());
  YARD_ASSIGN_OR_RETURN(const double value, ParseReal(text));
  return factory_.Real(value);
}

Result<Object*> SkopsNodes::MakeDefaultDict(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* main, Member(node.members, "main"));
  return &ObjectFactory::Mutable(*main);
}

Result<std::string> SkopsNodes::ReadFile(const Node& node) {
  YARD_ASSIGN_OR_RETURN(std::string content, archive_.Read(node.file));
  YARD_RETURN_IF_ERROR(factory_.Spend(content.size()));
  return content;
}

Result<Object*> SkopsNodes::MakeArray(const Node& node) {
  if (node.type == "json") return MakeObjectArray(node);
  if (node.type != "numpy") return Malformed("an array is of unknown type");
  YARD_ASSIGN_OR_RETURN(const std::string content, ReadFile(node));
  YARD_ASSIGN_OR_RETURN(NumericArray array, ReadNpy(content));
  YARD_ASSIGN_OR_RETURN(Object * object, factory_.New(ObjectKind::kArray));
  const bool is_scalar = array.shape.empty() && node.class_name != "ndarray";
  if (is_scalar) {
    YARD_RETURN_IF_ERROR(SetScalar(*object, std::move(array)));
  } else {
    object->array = std::move(array);
  }
  return object;
}

Result<Object*> SkopsNodes::MakeObjectArray(const Node& node) {
  if (node.shape == nullptr) return Malformed("an array of objects has no shape");
  YARD_ASSIGN_OR_RETURN(auto shape, ShapeOf(*node.shape));
  YARD_ASSIGN_OR_RETURN(auto items, Flatten(node.items, shape.size()));
  YARD_ASSIGN_OR_RETURN(const size_t bytes, ByteSize(shape, sizeof(Object*)));
  if (bytes != items.size() * sizeof(Object*))
    return Malformed("an array has not the elements that its shape needs");
  YARD_ASSIGN_OR_RETURN(Object * array, factory_.New(ObjectKind::kObjectArray));
  array->array.shape = std::move(shape);
  array->items = std::move(items);
  return array;
}

// Arrays of more dimensions come as lists of lists.
Result<std::vector<const Object*>> SkopsNodes::Flatten(std::vector<const Object*> items,
                                                       size_t rank) {
  for (; rank > 1; --rank) {
    std::vector<const Object*> inner;
    for (const Object* row : items) {
      if (!row->is(ObjectKind::kList)) return Malformed("an array's row is no list");
      YARD_RETURN_IF_ERROR(factory_.Spend(row->items.size() * sizeof(Object*)));
      inner.insert(inner.end(), row->items.begin(), row->items.end());
    }
    items = std::move(inner);
  }
  return items;
}

Result<Object*> SkopsNodes::MakeMaskedArray(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("numpy.ma", "MaskedArray"));
  YARD_ASSIGN_OR_RETURN(Object * instance, factory_.New(ObjectKind::kInstance));
  YARD_ASSIGN_OR_RETURN(instance->state, MakeDict(node));
  instance->symbol = type;
  return instance;
}

// A .npz file: a zip of the matrix's arrays.
Result<Object*> SkopsNodes::MakeSparseMatrix(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const std::string content, ReadFile(node));
  YARD_ASSIGN_OR_RETURN(const ZipArchive parts, ZipArchive::Open(content));
  YARD_ASSIGN_OR_RETURN(Object * state, factory_.New(ObjectKind::kDict));
  for (const std::string& member : parts.names()) {
    if (!member.ends_with(".npy")) return Malformed("a sparse matrix holds what is no array");
    const std::string name = member.substr(0, member.size() - 4);
    YARD_ASSIGN_OR_RETURN(const std::string bytes, parts.Read(member));
    YARD_RETURN_IF_ERROR(factory_.Spend(bytes.size()));
    YARD_ASSIGN_OR_RETURN(NumericArray array, ReadNpy(bytes));
    YARD_ASSIGN_OR_RETURN(const Object* key, factory_.String(name == "shape" ? "_shape" : name));
    YARD_ASSIGN_OR_RETURN(Object * value, factory_.New(ObjectKind::kArray));
    if (name == "shape") {
      YARD_ASSIGN_OR_RETURN(const auto sizes, array.AsIntegers());
      value->kind = ObjectKind::kTuple;
      for (const int64_t size : sizes) {
        YARD_ASSIGN_OR_RETURN(const Object* item, factory_.Integer(size));
        value->items.push_back(item);
      }
    } else {
      value->array = std::move(array);
    }
    state->entries.emplace_back(key, value);
  }
  YARD_ASSIGN_OR_RETURN(Object * instance, MakeBare(node));
  instance->state = state;
  return instance;
}

// An array without elements stands for its dtype.
Result<Object*> SkopsNodes::MakeDtype(const Node& node) {
  if (node.content == nullptr) return Malformed("a dtype has no content");
  if (node.content->is(ObjectKind::kObjectArray)) return numpy_.MakeDtype("|O");
  return numpy_.MakeDtype(node.content->array.dtype);
}

Result<Object*> SkopsNodes::MakeBytes(const Node& node) {
  YARD_ASSIGN_OR_RETURN(std::string content, ReadFile(node));
  return factory_.Bytes(std::move(content));
}

Result<Object*> SkopsNodes::MakeSymbol(const Node& node) {
  return factory_.Symbol(node.module, node.class_name);
}

// Protocol 0 kept the name in the content.
Result<Object*> SkopsNodes::MakeFunction(const Node& node) {
  if (node.members.empty()) return MakeSymbol(node);
  YARD_ASSIGN_OR_RETURN(const Object* module, Member(node.members, "module_path"));
  YARD_ASSIGN_OR_RETURN(const Object* name, Member(node.members, "function"));
  return factory_.Symbol(module->text, name->text);
}

Result<Object*> SkopsNodes::MakeBare(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, MakeSymbol(node));
  YARD_ASSIGN_OR_RETURN(Object * instance, factory_.New(ObjectKind::kInstance));
  instance->symbol = type;
  return instance;
}

Result<Object*> SkopsNodes::MakeInstance(const Node& node) {
  YARD_ASSIGN_OR_RETURN(Object * instance, MakeBare(node));
  const bool has_state = node.content != nullptr && !node.content->is(ObjectKind::kNone);
  if (has_state) instance->state = node.content;
  return instance;
}

Result<Object*> SkopsNodes::MakeReduced(const Node& node) {
  YARD_ASSIGN_OR_RETURN(Object * instance, MakeBare(node));
  if (node.arguments != nullptr) {
    YARD_RETURN_IF_ERROR(factory_.Spend(node.arguments->items.size() * sizeof(Object*)));
    instance->items = node.arguments->items;
  }
  if (node.content != nullptr && !IsEmpty(*node.content)) instance->state = node.content;
  return instance;
}

Result<Object*> SkopsNodes::MakeCall(const Object& callable, std::vector<const Object*> arguments) {
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments.size() * sizeof(Object*)));
  YARD_ASSIGN_OR_RETURN(Object * call, factory_.New(ObjectKind::kCall));
  call->symbol = &callable;
  call->items = std::move(arguments);
  return call;
}

Result<Object*> SkopsNodes::MakeConstructed(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, MakeSymbol(node));
  if (node.content == nullptr) return MakeCall(*type, {});
  return MakeCall(*type, node.content->items);
}

Result<Object*> SkopsNodes::MakePartial(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("functools", "partial"));
  YARD_ASSIGN_OR_RETURN(const Object* function, Member(node.members, "func"));
  YARD_ASSIGN_OR_RETURN(const Object* arguments, Member(node.members, "args"));
  YARD_ASSIGN_OR_RETURN(const Object* keywords, Member(node.members, "kwds"));
  if (!arguments->is(ObjectKind::kTuple) || !keywords->is(ObjectKind::kDict))
    return Malformed("a partial has no tuple and dict of arguments");
  return MakeCall(*type, {function, arguments, keywords});
}

Result<Object*> SkopsNodes::MakeMethod(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* getter, factory_.Symbol("builtins", "getattr"));
  YARD_ASSIGN_OR_RETURN(const Object* owner, Member(node.members, "obj"));
  YARD_ASSIGN_OR_RETURN(const Object* name, Member(node.members, "func"));
  return MakeCall(*getter, {owner, name});
}

Result<Object*> SkopsNodes::MakeOperator(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, MakeSymbol(node));
  if (node.attributes == nullptr) return MakeCall(*type, {});
  return MakeCall(*type, node.attributes->items);
}

Result<Object*> SkopsNodes::MakeSlice(const Node& node) {
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("builtins", "slice"));
  YARD_ASSIGN_OR_RETURN(const Object* start, Member(node.members, "start"));
  YARD_ASSIGN_OR_RETURN(const Object* stop, Member(node.members, "stop"));
  YARD_ASSIGN_OR_RETURN(const Object* step, Member(node.members, "step"));
  return MakeCall(*type, {start, stop, step});
}

}  // namespace yard::inference::formats
