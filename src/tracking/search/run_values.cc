#include "tracking/search/run_values.h"

#include <utility>

namespace yard::tracking {
namespace {

void AddAttributes(const storage::OwnedRow& row, RunValues& values) {
  values.ref = {row.Integer(0), row.Integer(1), row.Integer(2)};
  values.id = row.Text(3);
  values.numbers[KeyOf(NumberAttribute::kRun)] = static_cast<double>(row.Integer(0));
  values.numbers[KeyOf(NumberAttribute::kStatus)] = static_cast<double>(row.Integer(6));
  values.numbers[KeyOf(NumberAttribute::kStage)] = static_cast<double>(row.Integer(7));
  values.numbers[KeyOf(NumberAttribute::kStartTime)] = static_cast<double>(row.Integer(8));
  if (!row.IsNull(9)) {
    values.numbers[KeyOf(NumberAttribute::kEndTime)] = static_cast<double>(row.Integer(9));
  }
  values.texts[KeyOf(TextAttribute::kRunId)] = row.Text(3);
  values.texts[KeyOf(TextAttribute::kName)] = row.Text(4);
  values.texts[KeyOf(TextAttribute::kUser)] = row.Text(5);
}

base::Result<void> AddTexts(storage::Snapshot& snapshot, std::string_view sql, ColumnKind kind,
                            RunValues& values) {
  return snapshot.ForEach(
      sql,
      [&values, kind](const storage::Row& row) -> base::Result<void> {
        values.texts[{kind, row.Integer(0)}] = std::string(row.Text(1));
        return {};
      },
      values.ref.run);
}

base::Result<void> AddMetrics(storage::Snapshot& snapshot, const Tail& tail, RunValues& values) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT data FROM metric_latest WHERE run = ?", values.ref.run));
  LatestByKey latest;
  if (row) {
    YARD_ASSIGN_OR_RETURN(latest, DecodeLatest(row->Bytes(0)));
  }
  for (const auto& [key, point] : tail.Latest(values.ref.run)) RaiseLatest(latest, key, point);
  for (const auto& [key, point] : latest) {
    values.numbers[{ColumnKind::kMetric, key}] = point.value;
  }
  return {};
}

}  // namespace

base::Result<std::optional<RunValues>> ReadRunAttributes(storage::Snapshot& snapshot,
                                                         RunNumber run) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot.QueryOne("SELECT id, experiment, ordinal, uuid, name, owner, status, stage, "
                        "start_time, end_time FROM run WHERE id = ?",
                        run));
  if (!row) return std::optional<RunValues>();
  RunValues values;
  AddAttributes(*row, values);
  return std::optional<RunValues>(std::move(values));
}

base::Result<std::optional<RunValues>> ReadRunValues(storage::Snapshot& snapshot, const Tail& tail,
                                                     RunNumber run) {
  YARD_ASSIGN_OR_RETURN(auto values, ReadRunAttributes(snapshot, run));
  if (!values) return values;
  YARD_RETURN_IF_ERROR(AddTexts(snapshot, "SELECT key, value FROM run_param WHERE run = ?",
                                ColumnKind::kParam, *values));
  YARD_RETURN_IF_ERROR(AddTexts(snapshot, "SELECT key, value FROM run_tag WHERE run = ?",
                                ColumnKind::kTag, *values));
  YARD_RETURN_IF_ERROR(AddMetrics(snapshot, tail, *values));
  return values;
}

}  // namespace yard::tracking
