#include "inference/formats/pickle_machine.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "inference/formats/joblib_arrays.h"
#include "inference/formats/pickle_text.h"

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_pickle");
}

base::Error OverLimit(std::string problem, size_t limit) {
  return base::ResourceExhausted(std::move(problem), {"limit", std::to_string(limit)})
      .WithReason("pickle_limit");
}

bool HasDetail(const base::Error& error, std::string_view name) {
  for (const base::Detail& detail : error.details()) {
    if (detail.name == name) return true;
  }
  return false;
}

// The error with the place where it happened and a reason of the pickle reader.
base::Error At(base::Error error, size_t offset) {
  const bool is_generic = error.reason().empty() || error.reason() == "truncated";
  if (is_generic) error = std::move(error).WithReason("malformed_pickle");
  if (HasDetail(error, "offset")) return error;
  return std::move(error).With({"offset", std::to_string(offset)});
}

}  // namespace

struct PickleMachine::HandlerTable {
  std::array<Handler, 256> of{};

  constexpr HandlerTable() {
    using M = PickleMachine;
    of[0x80] = &M::Proto;
    of[0x95] = &M::Frame;
    of['('] = &M::Mark;
    of['0'] = &M::PopOne;
    of['1'] = &M::PopMark;
    of['2'] = &M::Dup;
    of['N'] = &M::None;
    of[0x88] = &M::NewTrue;
    of[0x89] = &M::NewFalse;
    AddScalars();
    AddContainers();
    AddMemo();
    AddObjects();
  }

 private:
  constexpr void AddScalars() {
    using M = PickleMachine;
    of['I'] = &M::Int;
    of['J'] = &M::BinInt;
    of['K'] = &M::BinInt1;
    of['M'] = &M::BinInt2;
    of['L'] = &M::Long;
    of[0x8a] = &M::Long1;
    of[0x8b] = &M::Long4;
    of['F'] = &M::Float;
    of['G'] = &M::BinFloat;
    of['S'] = &M::String;
    of['T'] = &M::BinString;
    of['U'] = &M::ShortBinString;
    of['V'] = &M::Unicode;
    of[0x8c] = &M::ShortBinUnicode;
    of['X'] = &M::BinUnicode;
    of[0x8d] = &M::BinUnicode8;
    of['C'] = &M::ShortBinBytes;
    of['B'] = &M::BinBytes;
    of[0x8e] = &M::BinBytes8;
    of[0x96] = &M::BinBytes8;  // BYTEARRAY8
  }

  constexpr void AddContainers() {
    using M = PickleMachine;
    of[']'] = &M::EmptyList;
    of[')'] = &M::EmptyTuple;
    of['}'] = &M::EmptyDict;
    of[0x8f] = &M::EmptySet;
    of['l'] = &M::List;
    of['t'] = &M::Tuple;
    of[0x85] = &M::Tuple1;
    of[0x86] = &M::Tuple2;
    of[0x87] = &M::Tuple3;
    of['d'] = &M::Dict;
    of[0x91] = &M::FrozenSet;
    of['a'] = &M::Append;
    of['e'] = &M::Appends;
    of[0x90] = &M::AddItems;
    of['s'] = &M::SetItem;
    of['u'] = &M::SetItems;
  }

  constexpr void AddMemo() {
    using M = PickleMachine;
    of['p'] = &M::Put;
    of['q'] = &M::BinPut;
    of['r'] = &M::LongBinPut;
    of[0x94] = &M::Memoize;
    of['g'] = &M::Get;
    of['h'] = &M::BinGet;
    of['j'] = &M::LongBinGet;
  }

  constexpr void AddObjects() {
    using M = PickleMachine;
    of['c'] = &M::Global;
    of[0x93] = &M::StackGlobal;
    of['R'] = &M::Reduce;
    of[0x81] = &M::NewObj;
    of[0x92] = &M::NewObjEx;
    of['b'] = &M::Build;
    // Persistent ids, extension codes, old instances, out-of-band buffers: no model needs them.
    constexpr std::array<uint8_t, 9> kForbidden = {0x50, 0x51, 0x82, 0x83, 0x84,
                                                   0x69, 0x6f, 0x97, 0x98};
    for (const uint8_t opcode : kForbidden) of[opcode] = &M::Forbidden;
  }
};

PickleMachine::PickleMachine(ByteCursor& input, PickleSession& session)
    : input_(input), session_(session), factory_(session.factory) {}

Result<Object*> PickleMachine::Run() {
  constexpr uint8_t kStop = '.';
  while (true) {
    const size_t offset = input_.position();
    const auto opcode = input_.U8();
    if (!opcode.ok()) return At(opcode.error(), offset);
    if (*opcode == kStop) {
      auto root = Pop();
      if (!root.ok()) return At(root.error(), offset);
      return root;
    }
    if (auto step = Step(*opcode); !step.ok()) return At(std::move(step).error(), offset);
  }
}

Result<void> PickleMachine::Step(uint8_t opcode) {
  static constexpr HandlerTable kHandlers;
  const Handler handler = kHandlers.of[opcode];
  if (handler == nullptr) return Malformed("unknown opcode " + std::to_string(opcode));
  return (this->*handler)();
}

// ---- stack and memo

Result<void> PickleMachine::Push(Result<Object*> object) {
  if (!object.ok()) return std::move(object).error();
  if (stack_.size() >= session_.limits.max_stack)
    return OverLimit("the pickle's stack grows too large", session_.limits.max_stack);
  stack_.push_back(*object);
  return {};
}

Result<Object*> PickleMachine::Pop() {
  if (stack_.size() <= floor()) return Malformed("the pickle takes from an empty stack");
  Object* top = stack_.back();
  stack_.pop_back();
  return top;
}

Result<Object*> PickleMachine::Top() {
  if (stack_.size() <= floor()) return Malformed("the pickle takes from an empty stack");
  return stack_.back();
}

Result<std::vector<Object*>> PickleMachine::PopToMark() {
  if (marks_.empty()) return Malformed("the pickle takes a mark that was never set");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Object*> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

Result<void> PickleMachine::Store(uint64_t index) {
  YARD_ASSIGN_OR_RETURN(Object * top, Top());
  // Every entry costs an opcode, so an honest index is smaller than the stream.
  const size_t limit = std::min(session_.limits.max_memo, input_.size());
  if (index >= limit) return OverLimit("a memo index is too large", limit);
  if (index >= memo_.size()) memo_.resize(static_cast<size_t>(index) + 1, nullptr);
  Object*& entry = memo_[static_cast<size_t>(index)];
  if (entry == nullptr) ++memo_count_;
  entry = top;
  return {};
}

Result<void> PickleMachine::Fetch(uint64_t index) {
  if (index >= memo_.size() || memo_[static_cast<size_t>(index)] == nullptr)
    return Malformed("the pickle refers to a memo entry that does not exist");
  Object* object = memo_[static_cast<size_t>(index)];
  YARD_RETURN_IF_ERROR(session_.callables.NoteReference(*object));
  return Push(object);
}

Result<void> PickleMachine::Mark() {
  if (marks_.size() >= session_.limits.max_stack)
    return OverLimit("the pickle sets too many marks", session_.limits.max_stack);
  marks_.push_back(stack_.size());
  return {};
}

Result<void> PickleMachine::PopOne() {
  if (stack_.size() > floor()) {
    stack_.pop_back();
    return {};
  }
  if (marks_.empty()) return Malformed("the pickle takes from an empty stack");
  marks_.pop_back();
  return {};
}

Result<void> PickleMachine::PopMark() {
  YARD_RETURN_IF_ERROR(PopToMark());
  return {};
}

Result<void> PickleMachine::Dup() {
  YARD_ASSIGN_OR_RETURN(Object * top, Top());
  YARD_RETURN_IF_ERROR(session_.callables.NoteReference(*top));
  return Push(top);
}

Result<void> PickleMachine::Put() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  YARD_ASSIGN_OR_RETURN(const uint64_t index, ParseMemoIndex(line));
  return Store(index);
}

Result<void> PickleMachine::BinPut() {
  YARD_ASSIGN_OR_RETURN(const uint8_t index, input_.U8());
  return Store(index);
}

Result<void> PickleMachine::LongBinPut() {
  YARD_ASSIGN_OR_RETURN(const uint32_t index, input_.U32());
  return Store(index);
}

Result<void> PickleMachine::Memoize() { return Store(memo_count_); }

Result<void> PickleMachine::Get() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  YARD_ASSIGN_OR_RETURN(const uint64_t index, ParseMemoIndex(line));
  return Fetch(index);
}

Result<void> PickleMachine::BinGet() {
  YARD_ASSIGN_OR_RETURN(const uint8_t index, input_.U8());
  return Fetch(index);
}

Result<void> PickleMachine::LongBinGet() {
  YARD_ASSIGN_OR_RETURN(const uint32_t index, input_.U32());
  return Fetch(index);
}

// ---- the stream itself

Result<void> PickleMachine::Proto() {
  constexpr uint8_t kNewestProtocol = 5;
  YARD_ASSIGN_OR_RETURN(const uint8_t protocol, input_.U8());
  if (protocol > kNewestProtocol)
    return Malformed("pickle protocol " + std::to_string(protocol) + " does not exist");
  return {};
}

Result<void> PickleMachine::Frame() {
  YARD_ASSIGN_OR_RETURN(const uint64_t length, input_.U64());
  if (length > input_.remaining()) return Malformed("a frame is longer than the file");
  return {};
}

Result<void> PickleMachine::Forbidden() {
  return base::InvalidArgument(
             "the pickle uses an opcode that no model needs (persistent id, extension, old "
             "instance or out-of-band buffer)")
      .WithReason("forbidden_opcode");
}

// ---- scalars

Result<void> PickleMachine::None() { return Push(factory_.None()); }
Result<void> PickleMachine::NewTrue() { return Push(factory_.Bool(true)); }
Result<void> PickleMachine::NewFalse() { return Push(factory_.Bool(false)); }

Result<void> PickleMachine::Int() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  if (line == "00" || line == "01") return Push(factory_.Bool(line == "01"));
  return Push(ParseDecimal(factory_, line));
}

Result<void> PickleMachine::BinInt() {
  YARD_ASSIGN_OR_RETURN(const uint32_t value, input_.U32());
  return Push(factory_.Integer(static_cast<int32_t>(value)));
}

Result<void> PickleMachine::BinInt1() {
  YARD_ASSIGN_OR_RETURN(const uint8_t value, input_.U8());
  return Push(factory_.Integer(value));
}

Result<void> PickleMachine::BinInt2() {
  YARD_ASSIGN_OR_RETURN(const uint16_t value, input_.U16());
  return Push(factory_.Integer(value));
}

Result<void> PickleMachine::Long() {
  YARD_ASSIGN_OR_RETURN(std::string_view line, input_.Line());
  if (line.ends_with('L')) line.remove_suffix(1);
  return Push(ParseDecimal(factory_, line));
}

Result<void> PickleMachine::Long1() {
  YARD_ASSIGN_OR_RETURN(const uint8_t length, input_.U8());
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(length));
  return PushInteger(bytes);
}

Result<void> PickleMachine::Long4() {
  YARD_ASSIGN_OR_RETURN(const uint32_t length, input_.U32());
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(length));
  return PushInteger(bytes);
}

Result<void> PickleMachine::PushInteger(std::string_view two_complement) {
  return Push(ParseTwoComplement(factory_, two_complement));
}

Result<void> PickleMachine::Float() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  YARD_ASSIGN_OR_RETURN(const double value, ParseReal(line));
  return Push(factory_.Real(value));
}

Result<void> PickleMachine::BinFloat() {
  YARD_ASSIGN_OR_RETURN(const uint64_t little, input_.U64());
  return Push(factory_.Real(std::bit_cast<double>(__builtin_bswap64(little))));
}

// ---- text and bytes

Result<void> PickleMachine::PushText(Result<std::string_view> bytes) {
  if (!bytes.ok()) return std::move(bytes).error();
  if (!IsPythonUtf8(*bytes)) return Malformed("a string is not UTF-8");
  YARD_RETURN_IF_ERROR(factory_.Spend(bytes->size()));
  return Push(factory_.String(std::string(*bytes)));
}

Result<void> PickleMachine::PushBytes(Result<std::string_view> bytes) {
  if (!bytes.ok()) return std::move(bytes).error();
  YARD_RETURN_IF_ERROR(factory_.Spend(bytes->size()));
  return Push(factory_.Bytes(std::string(*bytes)));
}

// Python 2's str: text when it is ASCII, bytes otherwise.
Result<void> PickleMachine::PushOldText(std::string_view bytes) {
  return IsAscii(bytes) ? PushText(bytes) : PushBytes(bytes);
}

Result<void> PickleMachine::String() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  YARD_ASSIGN_OR_RETURN(const std::string bytes, ParseQuoted(line));
  return PushOldText(bytes);
}

Result<void> PickleMachine::BinString() {
  YARD_ASSIGN_OR_RETURN(const uint32_t length, input_.U32());
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(length));
  return PushOldText(bytes);
}

Result<void> PickleMachine::ShortBinString() {
  YARD_ASSIGN_OR_RETURN(const uint8_t length, input_.U8());
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(length));
  return PushOldText(bytes);
}

Result<void> PickleMachine::Unicode() {
  YARD_ASSIGN_OR_RETURN(const std::string_view line, input_.Line());
  YARD_ASSIGN_OR_RETURN(const std::string text, ParseRawUnicodeEscape(line));
  return PushText(std::string_view(text));
}

Result<void> PickleMachine::ShortBinUnicode() {
  YARD_ASSIGN_OR_RETURN(const uint8_t length, input_.U8());
  return PushText(input_.Take(length));
}

Result<void> PickleMachine::BinUnicode() {
  YARD_ASSIGN_OR_RETURN(const uint32_t length, input_.U32());
  return PushText(input_.Take(length));
}

Result<void> PickleMachine::BinUnicode8() {
  YARD_ASSIGN_OR_RETURN(const uint64_t length, input_.U64());
  return PushText(input_.Take(length));
}

Result<void> PickleMachine::ShortBinBytes() {
  YARD_ASSIGN_OR_RETURN(const uint8_t length, input_.U8());
  return PushBytes(input_.Take(length));
}

Result<void> PickleMachine::BinBytes() {
  YARD_ASSIGN_OR_RETURN(const uint32_t length, input_.U32());
  return PushBytes(input_.Take(length));
}

Result<void> PickleMachine::BinBytes8() {
  YARD_ASSIGN_OR_RETURN(const uint64_t length, input_.U64());
  return PushBytes(input_.Take(length));
}

// ---- containers

Result<void> PickleMachine::EmptyList() { return Push(factory_.New(ObjectKind::kList)); }
Result<void> PickleMachine::EmptyTuple() { return Push(factory_.EmptyTuple()); }
Result<void> PickleMachine::EmptyDict() { return Push(factory_.New(ObjectKind::kDict)); }
Result<void> PickleMachine::EmptySet() { return Push(factory_.New(ObjectKind::kSet)); }

Result<void> PickleMachine::PushSequence(ObjectKind kind, std::vector<Object*> items) {
  YARD_ASSIGN_OR_RETURN(Object * sequence, factory_.New(kind));
  sequence->items.assign(items.begin(), items.end());
  return Push(sequence);
}

Result<void> PickleMachine::List() {
  YARD_ASSIGN_OR_RETURN(auto items, PopToMark());
  return PushSequence(ObjectKind::kList, std::move(items));
}

Result<void> PickleMachine::Tuple() {
  YARD_ASSIGN_OR_RETURN(auto items, PopToMark());
  return PushSequence(ObjectKind::kTuple, std::move(items));
}

Result<void> PickleMachine::FrozenSet() {
  YARD_ASSIGN_OR_RETURN(auto items, PopToMark());
  return PushSequence(ObjectKind::kSet, std::move(items));
}

Result<void> PickleMachine::Tuple1() { return PushTupleOf(1); }
Result<void> PickleMachine::Tuple2() { return PushTupleOf(2); }
Result<void> PickleMachine::Tuple3() { return PushTupleOf(3); }

Result<void> PickleMachine::PushTupleOf(size_t count) {
  if (stack_.size() - floor() < count) return Malformed("the pickle takes from an empty stack");
  const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<Object*> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  return PushSequence(ObjectKind::kTuple, std::move(items));
}

Result<void> PickleMachine::Dict() {
  YARD_ASSIGN_OR_RETURN(const auto items, PopToMark());
  YARD_ASSIGN_OR_RETURN(Object * dict, factory_.New(ObjectKind::kDict));
  YARD_RETURN_IF_ERROR(SetIn(*dict, items));
  return Push(dict);
}

Result<void> PickleMachine::Append() {
  YARD_ASSIGN_OR_RETURN(Object * item, Pop());
  YARD_ASSIGN_OR_RETURN(Object * target, Top());
  return AddTo(*target, {item});
}

Result<void> PickleMachine::Appends() {
  YARD_ASSIGN_OR_RETURN(const auto items, PopToMark());
  YARD_ASSIGN_OR_RETURN(Object * target, Top());
  return AddTo(*target, items);
}

Result<void> PickleMachine::AddItems() { return Appends(); }

Result<void> PickleMachine::SetItem() {
  YARD_ASSIGN_OR_RETURN(Object * value, Pop());
  YARD_ASSIGN_OR_RETURN(Object * key, Pop());
  YARD_ASSIGN_OR_RETURN(Object * target, Top());
  return SetIn(*target, {key, value});
}

Result<void> PickleMachine::SetItems() {
  YARD_ASSIGN_OR_RETURN(const auto items, PopToMark());
  YARD_ASSIGN_OR_RETURN(Object * target, Top());
  return SetIn(*target, items);
}

Result<void> PickleMachine::AddTo(Object& target, const std::vector<Object*>& items) {
  const bool takes_items = target.is(ObjectKind::kList) || target.is(ObjectKind::kSet) ||
                           target.is(ObjectKind::kInstance) || target.is(ObjectKind::kCall);
  if (!takes_items) return Malformed("the pickle appends to what is no list");
  target.items.insert(target.items.end(), items.begin(), items.end());
  return {};
}

Result<void> PickleMachine::SetIn(Object& target, const std::vector<Object*>& keys_and_values) {
  const bool takes_entries = target.is(ObjectKind::kDict) || target.is(ObjectKind::kInstance) ||
                             target.is(ObjectKind::kCall);
  if (!takes_entries) return Malformed("the pickle sets items of what is no dict");
  if (keys_and_values.size() % 2 != 0) return Malformed("a dict has a key without a value");
  for (size_t i = 0; i < keys_and_values.size(); i += 2)
    target.entries.emplace_back(keys_and_values[i], keys_and_values[i + 1]);
  return {};
}

// ---- names, calls and instances: all on paper

Result<void> PickleMachine::Global() {
  YARD_ASSIGN_OR_RETURN(const std::string_view module, input_.Line());
  YARD_ASSIGN_OR_RETURN(const std::string_view name, input_.Line());
  if (!IsPythonUtf8(module) || !IsPythonUtf8(name)) return Malformed("a name is not UTF-8");
  return Push(factory_.Symbol(module, name));
}

Result<void> PickleMachine::StackGlobal() {
  YARD_ASSIGN_OR_RETURN(const Object* name, Pop());
  YARD_ASSIGN_OR_RETURN(const Object* module, Pop());
  if (!name->is(ObjectKind::kString) || !module->is(ObjectKind::kString))
    return Malformed("a global's name is no string");
  return Push(factory_.Symbol(module->text, name->text));
}

Result<void> PickleMachine::Reduce() {
  YARD_ASSIGN_OR_RETURN(Object * arguments, Pop());
  YARD_ASSIGN_OR_RETURN(Object * callable, Pop());
  if (!arguments->is(ObjectKind::kTuple)) return Malformed("the arguments of a call are no tuple");
  return Push(session_.callables.Call(*callable, *arguments));
}

Result<void> PickleMachine::NewObj() {
  YARD_ASSIGN_OR_RETURN(Object * arguments, Pop());
  YARD_ASSIGN_OR_RETURN(Object * type, Pop());
  if (!arguments->is(ObjectKind::kTuple)) return Malformed("the arguments of a class are no tuple");
  return Push(session_.callables.Instance(*type, arguments->items));
}

Result<void> PickleMachine::NewObjEx() {
  YARD_ASSIGN_OR_RETURN(Object * keywords, Pop());
  YARD_ASSIGN_OR_RETURN(Object * arguments, Pop());
  YARD_ASSIGN_OR_RETURN(Object * type, Pop());
  if (!arguments->is(ObjectKind::kTuple) || !keywords->is(ObjectKind::kDict))
    return Malformed("the arguments of a class are no tuple and dict");
  std::vector<const Object*> items = arguments->items;
  items.push_back(keywords);
  return Push(session_.callables.Instance(*type, std::move(items)));
}

Result<void> PickleMachine::Build() {
  YARD_ASSIGN_OR_RETURN(const Object* state, Pop());
  YARD_ASSIGN_OR_RETURN(Object * target, Top());
  YARD_RETURN_IF_ERROR(BuildOn(*target, *state));
  const bool is_wrapper =
      session_.storage == ArrayStorage::kBehindWrapper && IsArrayWrapper(*target);
  return is_wrapper ? ReadWrappedArray(*target, input_, session_) : Result<void>();
}

Result<void> PickleMachine::BuildOn(Object& target, const Object& state) {
  YARD_ASSIGN_OR_RETURN(const bool done, session_.callables.Fill(target, state));
  if (done) return {};
  if (!target.is(ObjectKind::kInstance) && !target.is(ObjectKind::kCall))
    return Malformed("the pickle sets the state of what is no instance");
  target.kind = ObjectKind::kInstance;
  target.state = &state;
  return {};
}

}  // namespace yard::inference::formats
