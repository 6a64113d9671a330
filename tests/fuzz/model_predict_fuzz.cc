// Any bytes as a model file, read to the end and asked for predictions: nothing may crash, hang or
// read what is not there.
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "inference/estimators/reading.h"
#include "inference/formats/open_file.h"

namespace {

using yard::inference::estimators::ColumnView;
using yard::inference::estimators::Scratch;
using yard::inference::estimators::Table;
using yard::inference::estimators::TextCell;

constexpr std::array<double, 3> kNumbers = {0.5, std::numeric_limits<double>::quiet_NaN(), -1e30};
constexpr std::array<TextCell, 3> kTexts = {TextCell{"a"}, TextCell{{}, true}, TextCell{""}};

ColumnView Column(bool is_text) {
  ColumnView column;
  column.name = is_text ? "b" : "a";
  column.is_text = is_text;
  if (is_text) column.texts = kTexts;
  if (!is_text) column.numbers = kNumbers;
  return column;
}

void Ask(const yard::inference::estimators::Predictor& predictor, size_t width, bool ends_in_text) {
  std::array<ColumnView, 4> columns;
  for (size_t i = 0; i < width; ++i) columns[i] = Column(ends_in_text && i + 1 == width);
  const Table table{kNumbers.size(), 0, std::span<const ColumnView>(columns).first(width)};
  Scratch scratch;
  (void)predictor.Predict(table, scratch).ok();
  (void)predictor.PredictProba(table, scratch).ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace inference = yard::inference;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto graph =
      inference::formats::ReadObjects(bytes, inference::formats::DetectFormat(bytes));
  if (!graph.ok()) return 0;
  inference::estimators::Reading reading;
  const auto predictor = reading.ReadPredictor(graph->root(), "");
  if (!predictor.ok()) return 0;
  for (size_t width = 0; width <= 4; ++width) {
    Ask(**predictor, width, false);
    Ask(**predictor, width, true);
  }
  return 0;
}
