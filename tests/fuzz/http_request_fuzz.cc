// A request reads the same whether it arrives at once or in two pieces. The first byte of the input
// says where it is cut.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/request_parser.h"

namespace {

using yard::net::RequestParser;

struct Outcome {
  RequestParser::Progress progress = RequestParser::Progress::kNeedsMore;
  std::string target;
  std::string body;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Feeds a parser as a connection does: what it leaves is presented again with what follows.
class Feeder {
 public:
  void Feed(std::string_view bytes) {
    pending_ += bytes;
    while (!pending_.empty() && !Ended()) {
      const auto step = head_done_ ? parser_.ReadBody(pending_) : parser_.ReadHead(pending_);
      pending_.erase(0, step.used);
      outcome_.progress = step.progress;
      if (!head_done_ && (step.progress == RequestParser::Progress::kHeadDone ||
                          step.progress == RequestParser::Progress::kDone)) {
        head_done_ = true;
        outcome_.target = parser_.TakeRequest().target;
        continue;
      }
      if (step.progress == RequestParser::Progress::kNeedsMore) return;
    }
  }
  Outcome Take() {
    if (head_done_) outcome_.body = parser_.body();
    return outcome_;
  }

 private:
  bool Ended() const {
    return outcome_.progress == RequestParser::Progress::kDone ||
           outcome_.progress == RequestParser::Progress::kFailed;
  }

  RequestParser parser_{1024};
  std::string pending_;
  bool head_done_ = false;
  Outcome outcome_;
};

bool HasFailed(const Outcome& outcome) {
  return outcome.progress == RequestParser::Progress::kFailed;
}

bool IsServed(const Outcome& outcome) { return outcome.progress == RequestParser::Progress::kDone; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 900) return 0;  // below the limits, which count what is there at a time
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  Feeder whole;
  whole.Feed(bytes);
  Feeder cut;
  const size_t middle = bytes.empty() ? 0 : data[0] % bytes.size();
  cut.Feed(bytes.substr(0, middle));
  cut.Feed(bytes.substr(middle));
  const Outcome once = whole.Take();
  const Outcome twice = cut.Take();
  // What is malformed may be noticed later when it comes in pieces, but it is never served.
  if (HasFailed(once) || HasFailed(twice)) {
    if (IsServed(once) || IsServed(twice)) std::abort();
    return 0;
  }
  if (!(once == twice)) std::abort();
  return 0;
}
