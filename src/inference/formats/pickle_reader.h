#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

/// What a pickle may cost. Every limit is checked before the memory is taken.
struct PickleLimits {
  size_t max_objects = 4'000'000;  // values made by the stream
  size_t max_stack = 4'000'000;    // values waiting on the machine's stack, and open marks
  size_t max_memo = 8'000'000;     // numbered memo entries
  size_t max_copies = 16;          // bytes that may be copied for every byte of input
  int max_nesting = 8;             // pickles inside a joblib file's pickle
};

/// Reads a pickle of protocol 0 to 5 into a graph of plain data. Nothing is ever imported or
/// called: the closed table of callables that rebuild data (numpy, collections, scipy, …) is
/// interpreted here, everything else is written down as a Symbol, Call or Instance. The graph may
/// share and form cycles.
/// Errors: kInvalidArgument for a damaged stream (detail "offset"; reasons "malformed_pickle",
/// "forbidden_opcode" for persistent ids, extension codes, INST and OBJ), kResourceExhausted over a
/// limit.
base::Result<ObjectGraph> ReadPickle(std::string_view bytes, const PickleLimits& limits = {});

}  // namespace yard::inference::formats
