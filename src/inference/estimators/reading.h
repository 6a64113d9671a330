#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/estimators/estimator.h"
#include "inference/formats/object.h"
#include "inference/model.h"

namespace yard::inference::estimators {

/// The release of scikit-learn that wrote an estimator (`_sklearn_version`). The meaning of some
/// attributes depends on it.
struct SklearnVersion {
  int major = 0;
  int minor = 0;

  bool IsBefore(int other_major, int other_minor) const {
    return major < other_major || (major == other_major && minor < other_minor);
  }
};

/// Of an estimator; without the attribute, as after the newest release known.
SklearnVersion VersionOf(const formats::Object& estimator);

/// One pass over an object graph from its root estimator down. Keeps the list of parts in order of
/// execution, whether they can be read or not, and bounds depth and number of parts: a graph may be
/// cyclic or share branches.
///
/// A reader goes on with its other parts after one failed, so that the list is complete, and
/// returns the first error.
class Reading {
 public:
  /// Reads the estimator at `path` ("steps[0].scale"), below the part that is being read. Errors:
  /// kUnimplemented or kInvalidArgument, with the details "step" and "class" of the part at fault.
  base::Result<TransformerPtr> ReadTransformer(const formats::Object& estimator,
                                               std::string_view path);
  base::Result<PredictorPtr> ReadPredictor(const formats::Object& estimator, std::string_view path);

  const std::vector<Part>& parts() const { return parts_; }

 private:
  template <typename Pointer>
  base::Result<Pointer> ReadPart(const formats::Object& estimator, std::string_view path);

  std::vector<Part> parts_;
  std::string path_;
  size_t depth_ = 0;
};

/// "no closed reader for this class" as every unknown step reports it.
base::Error UnsupportedClass(const formats::Object& estimator);

}  // namespace yard::inference::estimators
