#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace yard::monitoring {

/// A uniform sample of a stream: everything up to `limit` values, then each value stays with equal
/// probability (Vitter's algorithm R). The seed is fixed, so the same stream gives the same sample.
class Reservoir {
 public:
  explicit Reservoir(size_t limit) : limit_(limit) {}

  void Add(double value) {
    ++seen_;
    if (values_.size() < limit_) {
      values_.push_back(value);
      return;
    }
    const uint64_t place = std::uniform_int_distribution<uint64_t>(0, seen_ - 1)(random_);
    if (place < limit_) values_[place] = value;
  }

  uint64_t seen() const { return seen_; }
  /// The sample, sorted ascending.
  std::vector<double> Sorted() const;

 private:
  size_t limit_;
  uint64_t seen_ = 0;
  std::vector<double> values_;
  std::mt19937_64 random_{0x9e3779b97f4a7c15};
};

}  // namespace yard::monitoring
