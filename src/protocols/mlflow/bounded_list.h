#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/described.h"
#include "base/result.h"

namespace yard::protocols::mlflow {

/// A list of a request that is kept up to a limit and counted beyond it, so that a body of a few
/// million empty entries costs no memory. Use it for every list of structs.
template <typename T, size_t kLimit>
class BoundedList {
 public:
  static constexpr size_t limit = kLimit;

  void CountOne() { ++count_; }
  T& AddOne() { return items_.emplace_back(); }
  bool is_full() const { return items_.size() == kLimit; }
  size_t count() const { return count_; }
  std::vector<T> Take() && { return std::move(items_); }

 private:
  std::vector<T> items_;
  size_t count_ = 0;
};

/// How base/json/described.h reads it.
template <typename T, size_t kLimit>
base::Result<void> ReadScalar(base::json::Element element, BoundedList<T, kLimit>& out) {
  return element.ForEachItem([&out](base::json::Element item) -> base::Result<void> {
    out.CountOne();
    if (out.is_full()) return {};
    return base::json::DecodeInto(item, out.AddOne());
  });
}

/// The entries, when there are no more than the limit. `kind` names them for the error:
/// kInvalidArgument, reason "batch_too_large", with the details "kind", "limit" and "count".
template <typename T, size_t kLimit>
base::Result<std::vector<T>> AllOf(BoundedList<T, kLimit> list, std::string_view kind) {
  if (list.count() <= kLimit) return std::move(list).Take();
  return base::InvalidArgument("too many entries in one request", {"kind", std::string(kind)},
                               {"limit", std::to_string(kLimit)})
      .WithReason("batch_too_large")
      .With({"count", std::to_string(list.count())});
}

}  // namespace yard::protocols::mlflow
