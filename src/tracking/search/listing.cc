#include "tracking/search/listing.h"

namespace yard::tracking {

base::Result<std::optional<Candidate>> PlaceBefore(std::string_view request,
                                                   std::string_view page_token, size_t key_count) {
  if (page_token.empty()) return std::optional<Candidate>();
  YARD_ASSIGN_OR_RETURN(const std::string position, ReadPageToken(request, page_token));
  YARD_ASSIGN_OR_RETURN(Candidate place, DecodePosition(position, key_count));
  return std::optional<Candidate>(std::move(place));
}

base::Result<void> CheckMaxResults(int count, int limit) {
  if (count >= 1 && count <= limit) return {};
  return base::InvalidArgument("the number of results is out of range",
                               {"limit", "1 to " + std::to_string(limit)})
      .WithReason("bad_max_results");
}

}  // namespace yard::tracking
