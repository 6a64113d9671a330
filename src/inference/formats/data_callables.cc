#include "inference/formats/data_callables.h"

#include <array>
#include <unordered_map>
#include <utility>

#include "inference/formats/text_encoding.h"

namespace yard::inference::formats {
namespace {

using base::Result;

base::Error BadArguments(std::string_view callable) {
  return base::InvalidArgument("a data callable has arguments that it cannot take",
                               {"callable", std::string(callable)})
      .WithReason("malformed_pickle");
}

bool IsDictClass(std::string_view name) {
  return name == "builtins.dict" || name == "collections.OrderedDict" ||
         name == "collections.defaultdict" || name == "collections.Counter" ||
         name == "sklearn.utils._bunch.Bunch" || name == "sklearn.utils.Bunch" ||
         name == "sklearn.externals._bunch.Bunch";
}

bool IsRandomClass(std::string_view name) { return name.starts_with("numpy.random."); }

bool IsPair(const Object& object) {
  return (object.is(ObjectKind::kTuple) || object.is(ObjectKind::kList)) &&
         object.items.size() == 2;
}

bool IsLatin1(const Object& codec) {
  return codec.is(ObjectKind::kString) &&
         (codec.text == "latin1" || codec.text == "latin-1" || codec.text == "iso-8859-1");
}

}  // namespace

std::string CanonicalName(const Object& symbol) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kRenamed = {
      {{"numpy.core", "numpy._core"}, {"__builtin__", "builtins"}, {"copy_reg", "copyreg"}}};
  if (!symbol.is(ObjectKind::kSymbol)) return {};
  std::string name = symbol.QualifiedName();
  for (const auto& [old_prefix, new_prefix] : kRenamed) {
    const bool matches = name.starts_with(old_prefix) && name.size() > old_prefix.size() &&
                         name[old_prefix.size()] == '.';
    if (matches) return std::string(new_prefix) + name.substr(old_prefix.size());
  }
  return name;
}

DataCallables::Handler DataCallables::FindHandler(std::string_view name) {
  using D = DataCallables;
  static const std::unordered_map<std::string_view, Handler> kTable = {
      {"numpy._core.multiarray._reconstruct", &D::Reconstruct},
      {"numpy._core.numeric._frombuffer", &D::FromBuffer},
      {"numpy._core.multiarray.scalar", &D::Scalar},
      {"numpy.dtype", &D::MakeDtype},
      {"numpy.ma.core._mareconstruct", &D::MaskedReconstruct},
      {"_codecs.encode", &D::CodecsEncode},
      {"builtins.bytes", &D::MakeBytes},
      {"builtins.bytearray", &D::MakeBytes},
      {"builtins.set", &D::MakeSet},
      {"builtins.frozenset", &D::MakeSet},
      {"builtins.dict", &D::MakeDict},
      {"collections.OrderedDict", &D::MakeDict},
      {"collections.Counter", &D::MakeDict},
      {"sklearn.utils._bunch.Bunch", &D::MakeDict},
      {"sklearn.utils.Bunch", &D::MakeDict},
      {"collections.defaultdict", &D::MakeDefaultDict},
      {"copyreg._reconstructor", &D::Reconstructor},
      {"copyreg.__newobj__", &D::NewObject},
      {"functools.partial", &D::Partial},
      {"numpy.random._pickle.__randomstate_ctor", &D::RandomState},
      {"numpy.random._pickle.__generator_ctor", &D::RandomGenerator},
      {"numpy.random._pickle.__bit_generator_ctor", &D::BitGenerator},
      {"sklearn.neighbors._kd_tree.newObj", &D::FirstArgumentInstance},
      {"sklearn.neighbors._ball_tree.newObj", &D::FirstArgumentInstance},
      {"sklearn.metrics._dist_metrics.newObj", &D::FirstArgumentInstance},
  };
  const auto found = kTable.find(name);
  if (found != kTable.end()) return found->second;
  const size_t dot = name.rfind('.');
  const bool is_cython =
      dot != std::string_view::npos && name.substr(dot + 1).starts_with("__pyx_unpickle_");
  return is_cython ? &D::CythonInstance : nullptr;
}

Result<Object*> DataCallables::Call(Object& callable, const Object& arguments) {
  const std::string name = CanonicalName(callable);
  if (const Handler handler = FindHandler(name); handler != nullptr) {
    YARD_ASSIGN_OR_RETURN(Object * data, (this->*handler)(arguments.items));
    if (data != nullptr) return data;
  }
  YARD_ASSIGN_OR_RETURN(Object * call, factory_.New(ObjectKind::kCall));
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments.items.size() * sizeof(Object*)));
  call->symbol = &callable;
  call->items = arguments.items;
  return call;
}

Result<Object*> DataCallables::Instance(Object& type, std::vector<const Object*> arguments) {
  const std::string name = CanonicalName(type);
  if (IsDictClass(name)) {
    YARD_ASSIGN_OR_RETURN(Object * dict, factory_.New(ObjectKind::kDict));
    dict->symbol = &type;
    return dict;
  }
  if (name == "numpy.dtype") return MakeDtype(arguments);
  if (name == "functools.partial") return Partial(arguments);
  return PlainInstance(type, std::move(arguments));
}

Result<Object*> DataCallables::PlainInstance(const Object& type, Arguments arguments) {
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments.size() * sizeof(Object*)));
  YARD_ASSIGN_OR_RETURN(Object * instance, factory_.New(ObjectKind::kInstance));
  instance->symbol = &type;
  instance->items = std::move(arguments);
  return instance;
}

Result<bool> DataCallables::Fill(Object& target, const Object& state) {
  if (target.is(ObjectKind::kDict)) return true;  // attributes of a dict class hold no data
  YARD_ASSIGN_OR_RETURN(const bool is_numpy, numpy_.Fill(target, state));
  if (is_numpy) return true;
  if (target.symbol == nullptr) return false;
  const std::string name = CanonicalName(*target.symbol);
  if (target.is(ObjectKind::kCall) && name == "functools.partial") {
    YARD_RETURN_IF_ERROR(FillPartial(target, state));
    return true;
  }
  return target.is(ObjectKind::kInstance) && IsRandomClass(name);
}

// ---- numpy

Result<Object*> DataCallables::Reconstruct(const Arguments& arguments) {
  if (arguments.size() != 3) return BadArguments("numpy._core.multiarray._reconstruct");
  return numpy_.EmptyArray();
}

Result<Object*> DataCallables::FromBuffer(const Arguments& arguments) {
  if (arguments.size() != 4 && arguments.size() != 5)
    return BadArguments("numpy._core.numeric._frombuffer");
  return numpy_.FromBuffer(arguments);
}

Result<Object*> DataCallables::Scalar(const Arguments& arguments) {
  if (arguments.size() != 2) return BadArguments("numpy._core.multiarray.scalar");
  return numpy_.Scalar(*arguments[0], *arguments[1]);
}

Result<Object*> DataCallables::MakeDtype(const Arguments& arguments) {
  if (arguments.empty()) return BadArguments("numpy.dtype");
  if (!arguments[0]->is(ObjectKind::kString)) return nullptr;
  return numpy_.MakeDtype(arguments[0]->text);
}

Result<Object*> DataCallables::MaskedReconstruct(const Arguments& arguments) {
  if (arguments.size() != 4) return BadArguments("numpy.ma.core._mareconstruct");
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("numpy.ma", "MaskedArray"));
  return PlainInstance(*type, {});
}

// ---- builtins, codecs, collections

Result<Object*> DataCallables::CodecsEncode(const Arguments& arguments) {
  const bool is_latin1 =
      arguments.size() == 2 && arguments[0]->is(ObjectKind::kString) && IsLatin1(*arguments[1]);
  if (!is_latin1) return nullptr;
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments[0]->text.size()));
  YARD_ASSIGN_OR_RETURN(std::string bytes, Utf8ToLatin1(arguments[0]->text));
  return factory_.Bytes(std::move(bytes));
}

Result<Object*> DataCallables::MakeBytes(const Arguments& arguments) {
  if (arguments.empty()) return factory_.Bytes({});
  if (arguments.size() == 2) return CodecsEncode(arguments);
  if (arguments.size() != 1 || !arguments[0]->is(ObjectKind::kBytes)) return nullptr;
  return &ObjectFactory::Mutable(*arguments[0]);
}

Result<Object*> DataCallables::MakeSet(const Arguments& arguments) {
  const bool is_copy = arguments.size() == 1 && (arguments[0]->is(ObjectKind::kList) ||
                                                 arguments[0]->is(ObjectKind::kTuple));
  if (!is_copy && !arguments.empty()) return nullptr;
  YARD_ASSIGN_OR_RETURN(Object * set, factory_.New(ObjectKind::kSet));
  if (!is_copy) return set;
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments[0]->items.size() * sizeof(Object*)));
  set->items = arguments[0]->items;
  return set;
}

Result<Object*> DataCallables::MakeDict(const Arguments& arguments) {
  if (arguments.size() > 1) return nullptr;
  const bool is_copy = arguments.size() == 1;
  const bool can_copy =
      is_copy && (arguments[0]->is(ObjectKind::kDict) || arguments[0]->is(ObjectKind::kList));
  if (is_copy && !can_copy) return nullptr;
  YARD_ASSIGN_OR_RETURN(Object * dict, factory_.New(ObjectKind::kDict));
  if (is_copy) YARD_RETURN_IF_ERROR(CopyEntries(*dict, *arguments[0]));
  return dict;
}

Result<void> DataCallables::CopyEntries(Object& dict, const Object& source) {
  YARD_RETURN_IF_ERROR(factory_.Spend((source.entries.size() + source.items.size()) * 16));
  dict.entries = source.entries;
  for (const Object* pair : source.items) {
    if (!IsPair(*pair)) return BadArguments("collections.OrderedDict");
    dict.entries.emplace_back(pair->items[0], pair->items[1]);
  }
  return {};
}

Result<Object*> DataCallables::MakeDefaultDict(const Arguments& arguments) {
  if (arguments.size() > 1) return nullptr;
  return factory_.New(ObjectKind::kDict);
}

// ---- copyreg, functools

Result<Object*> DataCallables::Reconstructor(const Arguments& arguments) {
  if (arguments.size() != 3) return BadArguments("copyreg._reconstructor");
  YARD_ASSIGN_OR_RETURN(Object * instance, Instance(ObjectFactory::Mutable(*arguments[0]), {}));
  if (instance->is(ObjectKind::kDict) && arguments[2]->is(ObjectKind::kDict))
    YARD_RETURN_IF_ERROR(CopyEntries(*instance, *arguments[2]));
  return instance;
}

Result<Object*> DataCallables::NewObject(const Arguments& arguments) {
  if (arguments.empty()) return BadArguments("copyreg.__newobj__");
  return Instance(ObjectFactory::Mutable(*arguments[0]),
                  Arguments(arguments.begin() + 1, arguments.end()));
}

Result<Object*> DataCallables::Partial(const Arguments& arguments) {
  if (arguments.empty()) return BadArguments("functools.partial");
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("functools", "partial"));
  YARD_ASSIGN_OR_RETURN(Object * bound, factory_.New(ObjectKind::kTuple));
  YARD_ASSIGN_OR_RETURN(Object * keywords, factory_.New(ObjectKind::kDict));
  YARD_ASSIGN_OR_RETURN(Object * call, factory_.New(ObjectKind::kCall));
  YARD_RETURN_IF_ERROR(factory_.Spend(arguments.size() * sizeof(Object*)));
  bound->items.assign(arguments.begin() + 1, arguments.end());
  call->symbol = type;
  call->items = {arguments[0], bound, keywords};
  return call;
}

// The state is (function, arguments, keywords, attributes).
Result<void> DataCallables::FillPartial(Object& call, const Object& state) {
  const bool is_state =
      state.is(ObjectKind::kTuple) && state.items.size() >= 3 &&
      state.items[1]->is(ObjectKind::kTuple) &&
      (state.items[2]->is(ObjectKind::kDict) || state.items[2]->is(ObjectKind::kNone));
  if (!is_state) return BadArguments("functools.partial");
  call.items = {state.items[0], state.items[1],
                state.items[2]->is(ObjectKind::kDict) ? state.items[2] : call.items[2]};
  return {};
}

// ---- random numbers, Cython classes: only their class is kept

Result<Object*> DataCallables::RandomState(const Arguments&) {
  YARD_ASSIGN_OR_RETURN(const Object* type, factory_.Symbol("numpy.random.mtrand", "RandomState"));
  return PlainInstance(*type, {});
}

Result<Object*> DataCallables::RandomGenerator(const Arguments&) {
  YARD_ASSIGN_OR_RETURN(const Object* type,
                        factory_.Symbol("numpy.random._generator", "Generator"));
  return PlainInstance(*type, {});
}

Result<Object*> DataCallables::BitGenerator(const Arguments& arguments) {
  if (!arguments.empty() && arguments[0]->is(ObjectKind::kSymbol))
    return PlainInstance(*arguments[0], {});
  YARD_ASSIGN_OR_RETURN(const Object* type,
                        factory_.Symbol("numpy.random.bit_generator", "BitGenerator"));
  return PlainInstance(*type, {});
}

// __pyx_unpickle_X(class, checksum, state tuple).
Result<Object*> DataCallables::CythonInstance(const Arguments& arguments) {
  if (arguments.size() != 3 || !arguments[0]->is(ObjectKind::kSymbol)) return nullptr;
  const bool has_items = arguments[2]->is(ObjectKind::kTuple);
  return PlainInstance(*arguments[0], has_items ? arguments[2]->items : Arguments());
}

Result<Object*> DataCallables::FirstArgumentInstance(const Arguments& arguments) {
  if (arguments.empty() || !arguments[0]->is(ObjectKind::kSymbol)) return nullptr;
  return PlainInstance(*arguments[0], {});
}

}  // namespace yard::inference::formats
