#include "monitoring/prediction_history.h"

namespace yard::monitoring {
namespace {

class LogHistory final : public PredictionHistory {
 public:
  explicit LogHistory(serving::PredictionLog& log) : log_(log) {}

  void Flush() override { log_.Flush(); }

  base::Result<void> Scan(std::string_view endpoint, base::Millis from, base::Millis until,
                          Visit visit) override {
    return log_.Scan(endpoint, from, until, visit);
  }

  base::Result<std::vector<std::optional<Place>>> Find(
      std::span<const std::string> request_ids) override {
    YARD_ASSIGN_OR_RETURN(const auto records, log_.Find(request_ids));
    std::vector<std::optional<Place>> places(records.size());
    for (size_t i = 0; i < records.size(); ++i) {
      // NOLINTNEXTLINE(bugprone-unchecked-optional-access): checked above.
      if (records[i]) places[i] = Place{records[i]->source->endpoint, records[i]->event_time};
    }
    return places;
  }

  base::Result<std::optional<Extent>> ExtentOf(std::string_view endpoint) override {
    YARD_ASSIGN_OR_RETURN(const auto extent, log_.ExtentOf(endpoint));
    if (!extent) return std::optional<Extent>();
    return std::optional(Extent{extent->oldest, extent->newest});
  }

 private:
  serving::PredictionLog& log_;
};

}  // namespace

std::unique_ptr<PredictionHistory> HistoryOf(serving::PredictionLog& log) {
  return std::make_unique<LogHistory>(log);
}

}  // namespace yard::monitoring
