#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/formats/byte_cursor.h"
#include "inference/formats/data_callables.h"
#include "inference/formats/object.h"
#include "inference/formats/object_factory.h"
#include "inference/formats/pickle_reader.h"

namespace yard::inference::formats {

/// Where the bytes of numpy arrays are.
enum class ArrayStorage {
  kInPickle,
  kBehindWrapper,  // joblib: raw, right behind the BUILD of a NumpyArrayWrapper
};

/// What all pickles of one file share.
struct PickleSession {
  ObjectFactory& factory;
  DataCallables& callables;
  const PickleLimits& limits;
  ArrayStorage storage = ArrayStorage::kInPickle;
  int nesting = 0;
};

/// The stack machine of one pickle stream, from its first opcode to STOP. It builds objects and
/// calls nothing. Opcodes are those of CPython's pickletools; one small function each.
class PickleMachine {
 public:
  /// `input` stands at the first opcode and stands behind STOP afterwards.
  PickleMachine(ByteCursor& input, PickleSession& session);

  base::Result<Object*> Run();

 private:
  using Handler = base::Result<void> (PickleMachine::*)();
  struct HandlerTable;

  base::Result<void> Step(uint8_t opcode);

  // The stack.
  base::Result<void> Push(base::Result<Object*> object);
  base::Result<Object*> Pop();
  base::Result<Object*> Top();
  base::Result<std::vector<Object*>> PopToMark();
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  // The memo.
  base::Result<void> Store(uint64_t index);
  base::Result<void> Fetch(uint64_t index);

  // Opcodes, by their pickletools names.
  base::Result<void> Proto();
  base::Result<void> Frame();
  base::Result<void> Mark();
  base::Result<void> PopOne();
  base::Result<void> PopMark();
  base::Result<void> Dup();
  base::Result<void> Forbidden();
  base::Result<void> None();
  base::Result<void> NewTrue();
  base::Result<void> NewFalse();
  base::Result<void> Int();
  base::Result<void> BinInt();
  base::Result<void> BinInt1();
  base::Result<void> BinInt2();
  base::Result<void> Long();
  base::Result<void> Long1();
  base::Result<void> Long4();
  base::Result<void> Float();
  base::Result<void> BinFloat();
  base::Result<void> String();
  base::Result<void> BinString();
  base::Result<void> ShortBinString();
  base::Result<void> Unicode();
  base::Result<void> ShortBinUnicode();
  base::Result<void> BinUnicode();
  base::Result<void> BinUnicode8();
  base::Result<void> ShortBinBytes();
  base::Result<void> BinBytes();
  base::Result<void> BinBytes8();
  base::Result<void> EmptyList();
  base::Result<void> EmptyTuple();
  base::Result<void> EmptyDict();
  base::Result<void> EmptySet();
  base::Result<void> List();
  base::Result<void> Tuple();
  base::Result<void> Tuple1();
  base::Result<void> Tuple2();
  base::Result<void> Tuple3();
  base::Result<void> Dict();
  base::Result<void> FrozenSet();
  base::Result<void> Append();
  base::Result<void> Appends();
  base::Result<void> AddItems();
  base::Result<void> SetItem();
  base::Result<void> SetItems();
  base::Result<void> Put();
  base::Result<void> BinPut();
  base::Result<void> LongBinPut();
  base::Result<void> Memoize();
  base::Result<void> Get();
  base::Result<void> BinGet();
  base::Result<void> LongBinGet();
  base::Result<void> Global();
  base::Result<void> StackGlobal();
  base::Result<void> Reduce();
  base::Result<void> NewObj();
  base::Result<void> NewObjEx();
  base::Result<void> Build();

  // Shared by opcodes.
  base::Result<void> PushText(base::Result<std::string_view> bytes);
  base::Result<void> PushBytes(base::Result<std::string_view> bytes);
  base::Result<void> PushOldText(std::string_view bytes);
  base::Result<void> PushInteger(std::string_view two_complement);
  base::Result<void> PushSequence(ObjectKind kind, std::vector<Object*> items);
  base::Result<void> PushTupleOf(size_t count);
  base::Result<void> AddTo(Object& target, const std::vector<Object*>& items);
  base::Result<void> SetIn(Object& target, const std::vector<Object*>& keys_and_values);
  base::Result<void> BuildOn(Object& target, const Object& state);

  ByteCursor& input_;
  PickleSession& session_;
  ObjectFactory& factory_;
  std::vector<Object*> stack_;
  std::vector<size_t> marks_;  // sizes of the stack
  std::vector<Object*> memo_;  // by index; null where nothing was stored
  size_t memo_count_ = 0;
};

}  // namespace yard::inference::formats
