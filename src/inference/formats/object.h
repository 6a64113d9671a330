#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

/// A Python object graph as data. Readers of pickle, joblib and skops build it; nothing in it was
/// ever called.
///
/// The readers interpret the closed table of callables that rebuild plain data (numpy arrays,
/// scalars, dtypes, sparse matrices, slices, OrderedDict, …), so estimators see the same graph
/// whichever container the model came in. Everything else stays what it was on paper: a Symbol, a
/// Call that nobody makes, or an Instance with its state.
///
/// Conventions, the same for pickle, joblib and skops:
/// - numpy scalars are plain values (kBool, kInteger, kReal, kString, kBytes); bytearray is kBytes;
///   frozenset is kSet; numpy.matrix and other array classes are arrays.
/// - dict, OrderedDict, defaultdict, Counter and sklearn's Bunch are kDict. An instance of any
/// other
///   class that extends dict or list keeps what the stream put into it in `entries` and `items`.
/// - an object that its class makes from arguments and then fills (sklearn's Tree) is an Instance:
///   `items` are the arguments, `state` the state. Cython losses are Instances of their class whose
///   `items` are the loss's parameters.
/// - scipy sparse matrices are Instances with the attributes data, indices, indptr, _shape.
/// - functools.partial(f, …) is a Call of functools.partial with the items [f, tuple of arguments,
///   dict of keywords]; a bound method is a Call of builtins.getattr with [object, name]; slice is
///   a Call of builtins.slice with [start, stop, step].
/// - a dtype is an Instance of numpy.dtype: `text` is its description ("<f8", "|O"), `array.dtype`
///   the dtype.
/// - masked arrays are Instances of numpy.ma.MaskedArray with the attributes data and mask.
/// - random number generators are Instances of their class without state.
/// - modules keep the spelling of the file ("numpy.core.…" and "numpy._core.…").
namespace yard::inference::formats {

enum class ObjectKind {
  kNone,
  kBool,
  kInteger,     // fits int64
  kBigInteger,  // decimal text in `text`
  kReal,        // Python float and numpy floating scalars
  kString,
  kBytes,     // bytes, bytearray
  kList,      // `items`
  kTuple,     // `items`
  kSet,       // `items`
  kDict,      // `entries`
  kSymbol,    // a class or function by name: `module`, `name`
  kCall,      // callable `symbol` applied to `items`: not made, only written down. Its callable may
              // itself be any object.
  kInstance,  // an object of class `symbol`, constructor arguments `items`, `state` (usually a dict
              // of attributes)
  kArray,     // numpy array of numbers or bytes: `array`
  kObjectArray,  // numpy array of objects: `array.shape` and `items` in C order
};

enum class ScalarType {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat16,
  kFloat32,
  kFloat64,
  kText,   // UCS-4, item_size bytes an element
  kBytes,  // also dates, complex numbers and other elements that nothing here computes with
};

/// One field of a structured dtype, such as a tree node's "left_child".
struct DtypeField {
  std::string name;
  ScalarType type = ScalarType::kFloat64;
  size_t offset = 0;
};

/// The element type of an array. Plain: `type`; structured: `fields` is not empty and `item_size`
/// is the record's size.
struct Dtype {
  ScalarType type = ScalarType::kFloat64;
  size_t item_size = 8;
  bool big_endian = false;
  std::vector<DtypeField> fields;
};

/// A numpy array. `data` has exactly product(shape) * item_size bytes.
struct NumericArray {
  Dtype dtype;
  std::vector<size_t> shape;
  bool fortran_order = false;
  std::string data;

  /// product(shape); 1 for a 0-d array.
  size_t size() const;
  /// Every element as a double, in C order whatever the storage order. Errors: kInvalidArgument for
  /// text and structured types.
  base::Result<std::vector<double>> AsDoubles() const;
  /// As AsDoubles; reals must be whole and everything must fit int64.
  base::Result<std::vector<int64_t>> AsIntegers() const;
  /// Every element of a text or bytes array in C order, as UTF-8 without the padding zeros.
  base::Result<std::vector<std::string>> AsTexts() const;
  /// The column of a structured array, read through the dtype (never by fixed offsets). Errors:
  /// kInvalidArgument without such a field.
  base::Result<std::vector<double>> FieldAsDoubles(std::string_view field) const;
  base::Result<std::vector<int64_t>> FieldAsIntegers(std::string_view field) const;
  bool HasField(std::string_view field) const;
};

struct Object {
  ObjectKind kind = ObjectKind::kNone;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;    // string, bytes, big integer; a Symbol's name
  std::string module;  // a Symbol's module
  std::vector<const Object*> items;
  std::vector<std::pair<const Object*, const Object*>> entries;
  const Object* symbol = nullptr;  // of a Call or an Instance
  const Object* state = nullptr;   // of an Instance; null when it has none
  NumericArray array;

  bool is(ObjectKind wanted) const { return kind == wanted; }
  /// "sklearn.tree._tree.Tree" of a Symbol, or of the class of an Instance or Call; empty
  /// otherwise.
  std::string QualifiedName() const;
  /// The class's last part, such as "Tree"; empty when this is no instance.
  std::string_view ClassName() const;
};

/// Owns every object of one file. Objects may be shared and may form cycles; they are never changed
/// after reading.
class ObjectGraph {
 public:
  ObjectGraph() = default;
  ObjectGraph(ObjectGraph&&) = default;
  ObjectGraph& operator=(ObjectGraph&&) = default;

  Object& New(ObjectKind kind);
  void SetRoot(const Object& root) { root_ = &root; }
  const Object& root() const { return *root_; }
  size_t size() const { return objects_.size(); }

 private:
  std::deque<Object> objects_;
  const Object* root_ = nullptr;
};

// Access by attribute, for instances (their state dict) and dicts with string keys. A missing
// attribute or a wrong kind is kInvalidArgument with the details "attribute" and "class".
const Object* FindAttribute(const Object& object, std::string_view name);  // null when absent
base::Result<const Object*> Attribute(const Object& object, std::string_view name);
base::Result<double> RealAttribute(const Object& object, std::string_view name);
base::Result<int64_t> IntegerAttribute(const Object& object, std::string_view name);
base::Result<bool> BoolAttribute(const Object& object, std::string_view name);
base::Result<std::string> StringAttribute(const Object& object, std::string_view name);
/// A numeric array (or a scalar, as an array of one; or a list or tuple of numbers) as doubles in C
/// order.
base::Result<std::vector<double>> DoublesAttribute(const Object& object, std::string_view name);
base::Result<std::vector<int64_t>> IntegersAttribute(const Object& object, std::string_view name);
base::Result<const NumericArray*> ArrayAttribute(const Object& object, std::string_view name);

}  // namespace yard::inference::formats
