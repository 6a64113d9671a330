#include "inference/formats/joblib_arrays.h"

#include <utility>

#include "inference/formats/array_builder.h"
#include "inference/formats/pickle_machine.h"

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_pickle");
}

bool HasAlignment(const Object& wrapper) {
  const Object* alignment = FindAttribute(wrapper, "numpy_array_alignment_bytes");
  return alignment != nullptr && !alignment->is(ObjectKind::kNone);
}

Result<void> SkipPadding(ByteCursor& input) {
  YARD_ASSIGN_OR_RETURN(const uint8_t length, input.U8());
  YARD_RETURN_IF_ERROR(input.Take(length));
  return {};
}

Result<void> ReadNestedPickle(Object& wrapper, ByteCursor& input, PickleSession& session) {
  if (session.nesting >= session.limits.max_nesting) {
    return base::ResourceExhausted("pickles are nested too deeply",
                                   {"limit", std::to_string(session.limits.max_nesting)})
        .WithReason("pickle_limit");
  }
  ++session.nesting;
  PickleMachine machine(input, session);
  YARD_ASSIGN_OR_RETURN(const Object* array, machine.Run());
  --session.nesting;
  if (!array->is(ObjectKind::kObjectArray) && !array->is(ObjectKind::kArray))
    return Malformed("an array's own pickle holds no array");
  YARD_RETURN_IF_ERROR(
      session.factory.Spend(array->items.size() * sizeof(Object*) + array->array.data.size()));
  wrapper.kind = array->kind;
  wrapper.items = array->items;
  wrapper.array = array->array;
  wrapper.state = nullptr;
  return {};
}

}  // namespace

bool IsArrayWrapper(const Object& object) {
  if (!object.is(ObjectKind::kInstance)) return false;
  const std::string_view name = object.ClassName();
  if (name != "NumpyArrayWrapper" && name != "NDArrayWrapper") return false;
  return object.symbol->module.ends_with("joblib.numpy_pickle") ||
         object.symbol->module.ends_with("joblib.numpy_pickle_compat");
}

Result<void> ReadWrappedArray(Object& wrapper, ByteCursor& input, PickleSession& session) {
  if (wrapper.ClassName() == "NDArrayWrapper") {
    return base::Unimplemented(
               "a file of joblib before 0.10 keeps its arrays in other files; save it again with "
               "joblib.dump of a newer version")
        .WithReason("old_joblib");
  }
  YARD_ASSIGN_OR_RETURN(const Object* dtype, Attribute(wrapper, "dtype"));
  YARD_ASSIGN_OR_RETURN(const Object* shape_tuple, Attribute(wrapper, "shape"));
  YARD_ASSIGN_OR_RETURN(const std::string order, StringAttribute(wrapper, "order"));
  if (!IsDtype(*dtype)) return Malformed("an array has no dtype");
  if (IsObjectDtype(dtype->text)) return ReadNestedPickle(wrapper, input, session);
  if (HasAlignment(wrapper)) YARD_RETURN_IF_ERROR(SkipPadding(input));
  YARD_ASSIGN_OR_RETURN(auto shape, ShapeOf(*shape_tuple));
  YARD_ASSIGN_OR_RETURN(const size_t size, ByteSize(shape, dtype->array.dtype.item_size));
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input.Take(size));
  YARD_RETURN_IF_ERROR(session.factory.Spend(size));
  YARD_RETURN_IF_ERROR(session.callables.numpy().SetArray(wrapper, *dtype, std::move(shape),
                                                          order == "F", std::string(bytes)));
  wrapper.state = nullptr;
  return {};
}

}  // namespace yard::inference::formats
