// Finds runs: scans the columns of the experiments, reads what is not in them yet from rows, keeps
// the best, and fetches those whole.
#include <algorithm>
#include <string>
#include <utility>

#include "tracking/experiment_store.h"
#include "tracking/page_token.h"
#include "tracking/run_service.h"
#include "tracking/run_store.h"
#include "tracking/search/listing.h"
#include "tracking/search/run_block.h"
#include "tracking/search/run_query.h"
#include "tracking/search/run_scan.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

std::string RequestText(const RunSearch& search) {
  std::string text = "runs\n" + search.filter + "\n";
  text += std::to_string(static_cast<int>(search.stage)) + "\n";
  for (const ExperimentId id : search.experiment_ids) text += std::to_string(id) + ",";
  for (const std::string& order : search.order_by) text += "\n" + order;
  return text;
}

CandidateOrder OrderOf(const RunQuery& query) {
  std::vector<bool> is_ascending;
  for (const RunOrder& item : query.order) is_ascending.push_back(item.is_ascending);
  return CandidateOrder(std::move(is_ascending));
}

std::vector<ExperimentId> WithoutRepeats(std::vector<ExperimentId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

base::Result<void> AddRunsAbove(storage::Snapshot& truth, ExperimentId experiment, RunNumber above,
                                std::vector<RunRef>& runs) {
  return truth.ForEach(
      "SELECT id, experiment, ordinal FROM run WHERE experiment = ? AND id > ?",
      [&runs](const storage::Row& row) -> base::Result<void> {
        runs.push_back({row.Integer(0), row.Integer(1), row.Integer(2)});
        return {};
      },
      experiment, above);
}

// The runs whose values are not in the columns; ask before a snapshot of the columns is taken.
base::Result<std::vector<RunRef>> RunsToReadFromRows(Parts& parts, storage::Snapshot& truth,
                                                     ExperimentId experiment) {
  const bool is_built = parts.keeper->is_built();
  const RunNumber built_through = parts.keeper->built_through();
  std::vector<RunRef> runs = parts.dirty.OfExperiment(experiment);
  if (is_built) return runs;
  std::erase_if(runs, [built_through](const RunRef& ref) { return ref.run > built_through; });
  YARD_RETURN_IF_ERROR(AddRunsAbove(truth, experiment, built_through, runs));
  return runs;
}

base::Result<void> ScanRows(Parts& parts, storage::Snapshot& truth, RunScan& scan,
                            const std::vector<RunRef>& runs) {
  const std::unordered_set<int64_t> skip_nothing;
  for (size_t start = 0; start < runs.size(); start += static_cast<size_t>(kChunkRuns)) {
    const size_t count = std::min(static_cast<size_t>(kChunkRuns), runs.size() - start);
    YARD_ASSIGN_OR_RETURN(const auto block,
                          MakeRowBlock(truth, parts.tail, std::span(runs).subspan(start, count)));
    YARD_RETURN_IF_ERROR(scan.Visit(*block, skip_nothing));
  }
  return {};
}

base::Result<void> ScanColumns(storage::Snapshot& columns, RunScan& scan, ExperimentId experiment,
                               int64_t chunk_count, const std::vector<RunRef>& skip) {
  std::unordered_set<int64_t> skipped_ordinals;
  for (const RunRef& ref : skip) skipped_ordinals.insert(ref.ordinal);
  for (int64_t chunk = chunk_count - 1; chunk >= 0; --chunk) {
    const auto block = MakeColumnBlock(columns, experiment, chunk);
    YARD_RETURN_IF_ERROR(scan.Visit(*block, skipped_ordinals));
  }
  return {};
}

base::Result<void> ScanExperiment(Parts& parts, storage::Snapshot& truth, RunScan& scan,
                                  ExperimentId experiment) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      truth.QueryOne("SELECT artifact_location, next_ordinal FROM experiment WHERE id = ?",
                     experiment));
  if (!row) return {};
  YARD_RETURN_IF_ERROR(scan.EnterExperiment(truth, experiment, row->Text(0)));
  YARD_ASSIGN_OR_RETURN(const auto from_rows, RunsToReadFromRows(parts, truth, experiment));
  YARD_RETURN_IF_ERROR(ScanRows(parts, truth, scan, from_rows));
  if (parts.search == nullptr) return {};
  const int64_t chunk_count = (row->Integer(1) + kChunkRuns - 1) / kChunkRuns;
  return parts.search->Read([&](storage::Snapshot& columns) {
    return ScanColumns(columns, scan, experiment, chunk_count, from_rows);
  });
}

base::Result<RunPage> FetchPage(Parts& parts, storage::Snapshot& truth, const RunSearch& search,
                                const std::vector<Candidate>& found) {
  RunPage page;
  const size_t count = std::min(found.size(), static_cast<size_t>(search.max_results));
  RunReader reader(truth, parts.names);
  page.runs.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    YARD_ASSIGN_OR_RETURN(const auto row, reader.Load(found[i].run));
    if (!row) continue;
    YARD_ASSIGN_OR_RETURN(Run run, reader.Whole(*row, parts.tail.Latest(found[i].run)));
    page.runs.push_back(std::move(run));
  }
  if (count < found.size()) {
    page.next_page_token = MakePageToken(RequestText(search), EncodePosition(found[count - 1]));
  }
  return page;
}

}  // namespace

base::Result<RunPage> RunService::Search(const RunSearch& search) {
  Parts& parts = store_.parts();
  YARD_ASSIGN_OR_RETURN(const RunQuery query, CheckRunSearch(search));
  YARD_ASSIGN_OR_RETURN(const auto after,
                        PlaceBefore(RequestText(search), search.page_token, query.order.size()));
  const CandidateOrder order = OrderOf(query);
  const auto experiments = WithoutRepeats(search.experiment_ids);
  return parts.ReadWithTail([&](storage::Snapshot& truth) -> base::Result<RunPage> {
    // One more than asked for tells whether there is another page.
    BestCandidates best(static_cast<size_t>(search.max_results) + 1, order);
    YARD_ASSIGN_OR_RETURN(RunScan scan, RunScan::Start(truth, parts.names, query, search.stage,
                                                       after ? &*after : nullptr, best, order));
    for (const ExperimentId experiment : experiments) {
      YARD_RETURN_IF_ERROR(ScanExperiment(parts, truth, scan, experiment));
    }
    return FetchPage(parts, truth, search, std::move(best).TakeInOrder());
  });
}

}  // namespace yard::tracking
