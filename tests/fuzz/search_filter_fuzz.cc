// Any text as a filter, an order or a page token: it reads or is refused with a reason, and a
// filter that reads can be evaluated.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "tracking/page_token.h"
#include "tracking/search/candidate.h"
#include "tracking/search/filter.h"
#include "tracking/search/match.h"
#include "tracking/search/run_query.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void TryFilter(const std::string& text) {
  yard::tracking::RunSearch search;
  search.filter = text;
  const auto query = yard::tracking::CheckRunSearch(search);
  if (!query.ok()) {
    Require(query.error().reason() == "bad_filter");
    return;
  }
  (void)yard::tracking::Evaluate(query->filter.root, [&](size_t index) {
    const auto& comparison = query->filter.comparisons[index];
    if (query->fields[index].IsNumber()) {
      return yard::tracking::MatchesNumber(comparison.op, comparison.literals.front().number, 1.5);
    }
    return yard::tracking::MatchesText(comparison.op, comparison.literals,
                                       std::string_view("some text"));
  });
}

void TryOrder(const std::string& text) {
  yard::tracking::RunSearch search;
  search.order_by = {text};
  const auto query = yard::tracking::CheckRunSearch(search);
  Require(query.ok() || query.error().reason() == "bad_order_by");
}

void TryToken(const std::string& text) {
  (void)yard::tracking::ReadPageToken("request", text);
  const auto place = yard::tracking::DecodePosition(text, 2);
  if (place.ok()) {
    Require(yard::tracking::DecodePosition(yard::tracking::EncodePosition(*place), 2).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  TryFilter(text);
  TryOrder(text);
  TryToken(text);
  return 0;
}
