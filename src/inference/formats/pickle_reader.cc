#include "inference/formats/pickle_reader.h"

#include "inference/formats/data_callables.h"
#include "inference/formats/object_factory.h"
#include "inference/formats/pickle_machine.h"
#include "inference/formats/pickle_stream.h"

namespace yard::inference::formats {

base::Result<ObjectGraph> ReadPickleStream(std::string_view bytes, const PickleLimits& limits,
                                           ArrayStorage storage) {
  constexpr size_t kFreeBytes = size_t{1} << 20;
  ObjectGraph graph;
  ObjectFactory factory(graph, {limits.max_objects, kFreeBytes + bytes.size() * limits.max_copies});
  DataCallables callables(factory);
  PickleSession session{factory, callables, limits, storage};
  ByteCursor input(bytes);
  PickleMachine machine(input, session);
  YARD_ASSIGN_OR_RETURN(const Object* root, machine.Run());
  graph.SetRoot(*root);
  return graph;
}

base::Result<ObjectGraph> ReadPickle(std::string_view bytes, const PickleLimits& limits) {
  return ReadPickleStream(bytes, limits, ArrayStorage::kInPickle);
}

}  // namespace yard::inference::formats
