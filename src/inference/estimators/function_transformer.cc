#include "inference/estimators/function_transformer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;
using formats::ObjectKind;

using Function = double (*)(double);

struct Ufunc {
  std::string_view name;
  Function function;
};

constexpr std::array kUfuncs = std::to_array<Ufunc>({
    {"abs", [](double x) { return std::fabs(x); }},
    {"absolute", [](double x) { return std::fabs(x); }},
    {"cbrt", [](double x) { return std::cbrt(x); }},
    {"ceil", [](double x) { return std::ceil(x); }},
    {"cos", [](double x) { return std::cos(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"exp2", [](double x) { return std::exp2(x); }},
    {"expm1", [](double x) { return std::expm1(x); }},
    {"fabs", [](double x) { return std::fabs(x); }},
    {"floor", [](double x) { return std::floor(x); }},
    {"log", [](double x) { return std::log(x); }},
    {"log10", [](double x) { return std::log10(x); }},
    {"log1p", [](double x) { return std::log1p(x); }},
    {"log2", [](double x) { return std::log2(x); }},
    {"negative", [](double x) { return -x; }},
    {"reciprocal", [](double x) { return 1.0 / x; }},
    {"rint", [](double x) { return std::rint(x); }},
    {"sin", [](double x) { return std::sin(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }},
    {"square", [](double x) { return x * x; }},
    {"tanh", [](double x) { return std::tanh(x); }},
});

constexpr std::array<std::string_view, 3> kUfuncModules = {
    "numpy.", "numpy._core._multiarray_umath.", "numpy.core._multiarray_umath."};

Function FindUfunc(std::string_view qualified_name) {
  for (const std::string_view module : kUfuncModules) {
    if (!qualified_name.starts_with(module)) continue;
    const std::string_view name = qualified_name.substr(module.size());
    const auto found = std::find_if(kUfuncs.begin(), kUfuncs.end(),
                                    [name](const Ufunc& ufunc) { return ufunc.name == name; });
    if (found != kUfuncs.end()) return found->function;
  }
  return nullptr;
}

class Identity final : public Transformer {
 public:
  base::Result<Table> Transform(const Table& input, Scratch&) const override { return input; }
};

class Elementwise final : public Transformer {
 public:
  explicit Elementwise(Function function) : function_(function) {}

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    YARD_RETURN_IF_ERROR(RequireNumbers(input, input.width(), Accepts::kAnything));
    const auto columns = NewNumberColumns(input.width(), input.row_count, scratch);
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::span<const double> from = input.columns[i].numbers;
      std::transform(from.begin(), from.end(), MutableNumbers(columns[i]).begin(), function_);
      columns[i].name = input.columns[i].name;
    }
    return Table{input.row_count, input.first_row, columns};
  }

 private:
  Function function_;
};

/// The function behind functools.partial, or the function itself.
const Object& Unwrapped(const Object& function) {
  if (function.QualifiedName() != "functools.partial") return function;
  const Object* const* first = nullptr;
  if (function.state != nullptr && !function.state->items.empty()) {
    first = function.state->items.data();
  } else if (!function.items.empty()) {
    first = function.items.data();
  }
  return first == nullptr ? function : **first;
}

bool HasArguments(const Object& estimator) {
  const Object* arguments = formats::FindAttribute(estimator, "kw_args");
  return arguments != nullptr && arguments->is(ObjectKind::kDict) && !arguments->entries.empty();
}

base::Error UnknownFunction(const std::string& name) {
  return base::Unimplemented("the function " + (name.empty() ? "of this step" : name) +
                             " is code, which is never run; only numpy ufuncs are known")
      .WithReason("unsupported_function");
}

}  // namespace

base::Result<TransformerPtr> ReadFunctionTransformer(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const Object* attribute, formats::Attribute(estimator, "func"));
  if (attribute->is(ObjectKind::kNone)) return std::make_unique<Identity>();
  const std::string name = Unwrapped(*attribute).QualifiedName();
  if (name == "sklearn.utils.validation.check_array") return std::make_unique<Identity>();
  if (HasArguments(estimator)) return UnsupportedParameter("kw_args", "{...}");
  if (const Function function = attribute->is(ObjectKind::kSymbol) ? FindUfunc(name) : nullptr) {
    return std::make_unique<Elementwise>(function);
  }
  return UnknownFunction(name);
}

}  // namespace yard::inference::estimators
