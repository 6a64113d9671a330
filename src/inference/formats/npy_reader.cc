#include "inference/formats/npy_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "inference/formats/array_builder.h"
#include "inference/formats/byte_cursor.h"
#include "inference/formats/numpy_objects.h"
#include "inference/formats/object_factory.h"
#include "inference/formats/python_literal.h"

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxHeaderBytes = size_t{1} << 20;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_npy");
}

Result<std::string_view> ReadHeader(ByteCursor& input) {
  YARD_ASSIGN_OR_RETURN(const std::string_view magic, input.Take(kMagic.size()));
  if (magic != kMagic) return Malformed("no .npy file");
  YARD_ASSIGN_OR_RETURN(const uint8_t major, input.U8());
  YARD_RETURN_IF_ERROR(input.U8());
  if (major < 1 || major > 3) return Malformed("unknown version of .npy");
  size_t length = 0;
  if (major == 1) {
    YARD_ASSIGN_OR_RETURN(length, input.U16());
  } else {
    YARD_ASSIGN_OR_RETURN(length, input.U32());
  }
  if (length > kMaxHeaderBytes) return Malformed("the header of a .npy file is too long");
  return input.Take(length);
}

Result<Dtype> DtypeOf(const Object& description, int depth);

// The item size of a field that may be an array of its own: (name, type[, shape]).
Result<Dtype> FieldType(const Object& field, int depth) {
  const bool is_field =
      field.is(ObjectKind::kTuple) && (field.items.size() == 2 || field.items.size() == 3);
  if (!is_field) return Malformed("a record's field is broken");
  YARD_ASSIGN_OR_RETURN(Dtype type, DtypeOf(*field.items[1], depth + 1));
  if (field.items.size() == 2) return type;
  YARD_ASSIGN_OR_RETURN(const auto shape, ShapeOf(*field.items[2]));
  YARD_ASSIGN_OR_RETURN(type.item_size, ByteSize(shape, type.item_size));
  type.type = ScalarType::kBytes;
  type.fields.clear();
  return type;
}

Result<std::string> FieldName(const Object& field) {
  const Object& name = *field.items[0];
  if (name.is(ObjectKind::kString)) return name.text;
  const bool has_title = name.is(ObjectKind::kTuple) && name.items.size() == 2 &&
                         name.items[1]->is(ObjectKind::kString);
  if (!has_title) return Malformed("a record's field has no name");
  return name.items[1]->text;
}

// [(name, type[, shape]), …]; padding has an empty name.
Result<Dtype> RecordOf(const Object& description, int depth) {
  constexpr size_t kMaxRecordBytes = size_t{1} << 30;
  std::vector<std::pair<std::string, Dtype>> fields;
  Dtype record;
  record.type = ScalarType::kBytes;
  record.item_size = 0;
  for (const Object* field : description.items) {
    YARD_ASSIGN_OR_RETURN(Dtype type, FieldType(*field, depth));
    YARD_ASSIGN_OR_RETURN(std::string name, FieldName(*field));
    record.item_size += type.item_size;
    if (type.item_size > kMaxRecordBytes || record.item_size > kMaxRecordBytes)
      return Malformed("a record is too large");
    fields.emplace_back(std::move(name), std::move(type));
  }
  size_t offset = 0;
  for (auto& [name, type] : fields) {
    if (!name.empty()) YARD_RETURN_IF_ERROR(AddField(record, name, type, offset));
    offset += type.item_size;
  }
  return record;
}

Result<Dtype> DtypeOf(const Object& description, int depth) {
  constexpr int kMaxDepth = 4;
  if (depth > kMaxDepth) return Malformed("records are nested too deeply");
  if (description.is(ObjectKind::kList)) return RecordOf(description, depth);
  if (!description.is(ObjectKind::kString)) return Malformed("a .npy file has no dtype");
  if (IsObjectDtype(description.text))
    return base::Unimplemented("a .npy file of objects is a pickle").WithReason("object_array");
  return ParseDtype(description.text);
}

}  // namespace

Result<NumericArray> ReadNpy(std::string_view bytes) {
  constexpr size_t kMaxHeaderObjects = 10'000;
  ByteCursor input(bytes);
  YARD_ASSIGN_OR_RETURN(const std::string_view header, ReadHeader(input));
  ObjectGraph graph;
  ObjectFactory factory(graph, {kMaxHeaderObjects, kMaxHeaderBytes});
  YARD_ASSIGN_OR_RETURN(const Object* literal, ParsePythonLiteral(factory, header));
  YARD_ASSIGN_OR_RETURN(const Object* description, Attribute(*literal, "descr"));
  YARD_ASSIGN_OR_RETURN(const bool fortran_order, BoolAttribute(*literal, "fortran_order"));
  YARD_ASSIGN_OR_RETURN(const Object* shape_tuple, Attribute(*literal, "shape"));
  YARD_ASSIGN_OR_RETURN(Dtype dtype, DtypeOf(*description, 0));
  YARD_ASSIGN_OR_RETURN(auto shape, ShapeOf(*shape_tuple));
  YARD_ASSIGN_OR_RETURN(const size_t size, ByteSize(shape, dtype.item_size));
  YARD_ASSIGN_OR_RETURN(const std::string_view data, input.Take(size));
  return MakeArray(std::move(dtype), std::move(shape), fortran_order, std::string(data));
}

}  // namespace yard::inference::formats
