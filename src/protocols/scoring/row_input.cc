#include "protocols/scoring/row_input.h"

#include <utility>

namespace yard::protocols::scoring {

namespace {

using base::json::Element;
using base::json::Kind;

constexpr size_t kMaxIdentifier = 500;
// The years 1 to 9999.
constexpr int64_t kEarliest = -62'135'596'800'000;
constexpr int64_t kLatest = 253'402'300'799'999;

base::Result<std::string> ReadIdentifier(std::string_view name, Element value) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, value.kind());
  if (kind == Kind::kNull) return std::string();
  std::string text;
  if (kind == Kind::kString) {
    YARD_ASSIGN_OR_RETURN(text, value.String());
  } else if (kind == Kind::kNumber) {
    YARD_ASSIGN_OR_RETURN(text, value.Raw());
  }
  const bool is_fine =
      text.size() <= kMaxIdentifier && (kind == Kind::kString || kind == Kind::kNumber);
  if (is_fine) return text;
  return base::InvalidArgument("a key or request id is text of at most 500 bytes",
                               {"parameter", std::string(name)})
      .WithReason("wrong_type");
}

base::Result<base::Millis> ReadTimestamp(Element value) {
  const auto timestamp = value.Integer();
  if (timestamp.ok() && *timestamp >= kEarliest && *timestamp <= kLatest) {
    return base::Millis(*timestamp);
  }
  return base::InvalidArgument("a timestamp is an integer: milliseconds since 1970",
                               {"parameter", "timestamp"})
      .WithReason("bad_timestamp");
}

base::Result<void> ReadField(std::string_view name, Element value, RowInput& row) {
  if (name == "features") {
    YARD_ASSIGN_OR_RETURN(const Kind kind, value.kind());
    if (kind != Kind::kObject) {
      return base::InvalidArgument("features are an object of names and values",
                                   {"parameter", "features"})
          .WithReason("wrong_type");
    }
    YARD_ASSIGN_OR_RETURN(row.features, value.Raw());
  } else if (name == "key") {
    YARD_ASSIGN_OR_RETURN(row.key, ReadIdentifier(name, value));
  } else if (name == "request_id") {
    YARD_ASSIGN_OR_RETURN(row.request_id, ReadIdentifier(name, value));
  } else if (name == "timestamp") {
    YARD_ASSIGN_OR_RETURN(const bool is_null, value.IsNull());
    if (is_null) return {};
    YARD_ASSIGN_OR_RETURN(row.event_time, ReadTimestamp(value));
  }
  return {};
}

}  // namespace

base::Result<PredictShape> ShapeOf(std::string_view body) {
  PredictShape shape = PredictShape::kFlat;
  const bool may_be_flat_only =
      body.find("\"features\"") == body.npos && body.find("\"rows\"") == body.npos;
  if (may_be_flat_only) return shape;
  YARD_RETURN_IF_ERROR(base::json::Read(body, [&](Element root) {
    return root.ForEachField([&](std::string_view name, Element value) -> base::Result<void> {
      if (name != "features" && name != "rows") return {};
      YARD_ASSIGN_OR_RETURN(const Kind kind, value.kind());
      if (name == "features" && kind == Kind::kObject) shape = PredictShape::kStructured;
      if (name == "rows" && kind == Kind::kArray) shape = PredictShape::kRows;
      return {};
    });
  }));
  return shape;
}

base::Result<RowInput> ReadRowInput(Element element) {
  RowInput row;
  YARD_RETURN_IF_ERROR(element.ForEachField(
      [&](std::string_view name, Element value) { return ReadField(name, value, row); }));
  if (!row.features.empty()) return row;
  return base::InvalidArgument("a row has no features", {"parameter", "features"})
      .WithReason("missing_field");
}

}  // namespace yard::protocols::scoring
