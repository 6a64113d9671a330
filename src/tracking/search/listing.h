#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tracking/page_token.h"
#include "tracking/search/candidate.h"

namespace yard::tracking {

/// Things that a search found in memory, each with its place in the order.
template <typename Thing>
struct Listed {
  Candidate place;
  Thing thing;
};

/// Where the page before ended; absent for the first page. Errors: kInvalidArgument
/// "bad_page_token".
base::Result<std::optional<Candidate>> PlaceBefore(std::string_view request,
                                                   std::string_view page_token, size_t key_count);

/// kInvalidArgument "bad_max_results" unless 1 <= count <= limit.
base::Result<void> CheckMaxResults(int count, int limit);

/// Sorts, leaves out what earlier pages had, and keeps at most `limit` things. Returns the token of
/// the next page, empty when there is none.
template <typename Thing>
std::string CutPage(std::string_view request, const CandidateOrder& order,
                    const std::optional<Candidate>& before, size_t limit,
                    std::vector<Listed<Thing>>& things) {
  std::erase_if(things,
                [&](const Listed<Thing>& one) { return before && !order(*before, one.place); });
  std::sort(things.begin(), things.end(), [&order](const Listed<Thing>& a, const Listed<Thing>& b) {
    return order(a.place, b.place);
  });
  if (things.size() <= limit) return {};
  things.erase(things.begin() + static_cast<std::ptrdiff_t>(limit), things.end());
  return MakePageToken(request, EncodePosition(things.back().place));
}

}  // namespace yard::tracking
