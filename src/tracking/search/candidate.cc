#include "tracking/search/candidate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "tracking/metrics/bytes.h"
#include "tracking/page_token.h"

namespace yard::tracking {

SortKey KeyOfNumber(const std::optional<double>& number) {
  if (!number) return {};
  if (std::isnan(*number)) return {SortKey::Rank::kNan, 0, {}};
  return {SortKey::Rank::kValue, *number, {}};
}

SortKey KeyOfText(const std::optional<std::string_view>& text) {
  if (!text) return {};
  return {SortKey::Rank::kValue, 0, std::string(*text)};
}

int CompareKeys(const SortKey& a, const SortKey& b, bool is_ascending) {
  if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
  const int direction = is_ascending ? 1 : -1;
  if (a.number != b.number) return a.number < b.number ? -direction : direction;
  const int order = a.text.compare(b.text);
  if (order == 0) return 0;
  return order < 0 ? -direction : direction;
}

int CandidateOrder::CompareWithoutId(const Candidate& a, const Candidate& b) const {
  for (size_t i = 0; i < is_ascending_.size(); ++i) {
    const int order = CompareKeys(a.keys[i], b.keys[i], is_ascending_[i]);
    if (order != 0) return order;
  }
  if (a.start_time == b.start_time) return 0;
  return a.start_time > b.start_time ? -1 : 1;
}

void BestCandidates::Offer(Candidate candidate) {
  if (heap_.size() == limit_) {
    if (limit_ == 0 || !order_(candidate, heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end(), order_);
    heap_.pop_back();
  }
  heap_.push_back(std::move(candidate));
  std::push_heap(heap_.begin(), heap_.end(), order_);
}

std::vector<Candidate> BestCandidates::TakeInOrder() && {
  std::sort_heap(heap_.begin(), heap_.end(), order_);
  return std::move(heap_);
}

std::string EncodePosition(const Candidate& candidate) {
  std::string bytes;
  ByteWriter writer(bytes);
  for (const SortKey& key : candidate.keys) {
    writer.Byte(static_cast<uint8_t>(key.rank));
    writer.Fixed64(std::bit_cast<uint64_t>(key.number));
    writer.Text(key.text);
  }
  writer.Signed(candidate.start_time);
  writer.Text(candidate.id);
  return bytes;
}

base::Result<Candidate> DecodePosition(std::string_view bytes, size_t key_count) {
  ByteReader reader(bytes);
  Candidate candidate;
  for (size_t i = 0; i < key_count; ++i) {
    SortKey key;
    const uint8_t rank = reader.Byte();
    key.number = std::bit_cast<double>(reader.Fixed64());
    key.text = reader.Text();
    if (rank > static_cast<uint8_t>(SortKey::Rank::kMissing) || std::isnan(key.number)) {
      return BadPageToken();
    }
    key.rank = static_cast<SortKey::Rank>(rank);
    candidate.keys.push_back(std::move(key));
  }
  candidate.start_time = reader.Signed();
  candidate.id = reader.Text();
  if (!reader.ok() || !reader.at_end()) return BadPageToken();
  return candidate;
}

}  // namespace yard::tracking
