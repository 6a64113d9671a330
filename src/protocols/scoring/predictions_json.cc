#include "protocols/scoring/predictions_json.h"

#include <cstdint>

namespace yard::protocols::scoring {

using inference::Predictions;

void WriteValue(base::json::Writer& writer, const Predictions& predictions, size_t index) {
  const double value = predictions.values[index];
  switch (predictions.kind) {
    case Predictions::Kind::kReal:
      writer.Double(value);
      return;
    case Predictions::Kind::kInteger:
      writer.Integer(static_cast<int64_t>(value));
      return;
    case Predictions::Kind::kBoolean:
      writer.Bool(value != 0);
      return;
    case Predictions::Kind::kText:
      writer.String(predictions.labels[static_cast<size_t>(value)]);
      return;
  }
}

void WriteRows(base::json::Writer& writer, const Predictions& predictions) {
  writer.BeginArray();
  for (size_t row = 0; row < predictions.row_count; ++row) {
    if (predictions.is_matrix) writer.BeginArray();
    for (size_t column = 0; column < predictions.width; ++column) {
      WriteValue(writer, predictions, row * predictions.width + column);
    }
    if (predictions.is_matrix) writer.EndArray();
  }
  writer.EndArray();
}

}  // namespace yard::protocols::scoring
