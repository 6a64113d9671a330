#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace yard::tracking {

/// What one item of an order looks at: values first, then NaN, then missing, in either direction.
struct SortKey {
  enum class Rank : uint8_t { kValue = 0, kNan = 1, kMissing = 2 };
  Rank rank = Rank::kMissing;
  double number = 0;
  std::string text;
};

SortKey KeyOfNumber(const std::optional<double>& number);
SortKey KeyOfText(const std::optional<std::string_view>& text);

/// Negative when `a` comes first, 0 when they are equal.
int CompareKeys(const SortKey& a, const SortKey& b, bool is_ascending);

/// A run that may be among the results.
struct Candidate {
  std::vector<SortKey> keys;
  int64_t start_time = 0;
  std::string id;
  int64_t run = 0;
};

/// By the keys, then newest start, then id.
class CandidateOrder {
 public:
  explicit CandidateOrder(std::vector<bool> is_ascending)
      : is_ascending_(std::move(is_ascending)) {}
  bool operator()(const Candidate& a, const Candidate& b) const {
    const int order = CompareWithoutId(a, b);
    return order != 0 ? order < 0 : a.id < b.id;
  }
  int CompareWithoutId(const Candidate& a, const Candidate& b) const;

 private:
  std::vector<bool> is_ascending_;
};

/// The best so many candidates.
class BestCandidates {
 public:
  BestCandidates(size_t limit, CandidateOrder order) : limit_(limit), order_(std::move(order)) {}

  /// Whether a candidate could still get in; its id may be missing.
  bool MayTake(const Candidate& candidate) const {
    return heap_.size() < limit_ || order_.CompareWithoutId(candidate, heap_.front()) <= 0;
  }
  void Offer(Candidate candidate);
  std::vector<Candidate> TakeInOrder() &&;

 private:
  size_t limit_;
  CandidateOrder order_;
  std::vector<Candidate> heap_;  // the last one in front
};

/// The position of a candidate for a page token, and back. Errors: kInvalidArgument
/// "bad_page_token".
std::string EncodePosition(const Candidate& candidate);
base::Result<Candidate> DecodePosition(std::string_view bytes, size_t key_count);

}  // namespace yard::tracking
