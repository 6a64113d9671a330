#include "tracking/search/run_scan.h"

#include <algorithm>
#include <utility>

#include "tracking/run_tags.h"
#include "tracking/search/match.h"

namespace yard::tracking {
namespace {

// A key that no run ever had.
constexpr NameId kNoName = -1;

bool IsNamed(const RunField& field) {
  return field.kind == RunField::Kind::kMetric || field.kind == RunField::Kind::kParam ||
         field.kind == RunField::Kind::kTag;
}

std::string_view DatasetSql(DatasetAttribute attribute) {
  switch (attribute) {
    case DatasetAttribute::kName:
      return "SELECT r.ordinal, d.name FROM dataset d JOIN run_dataset i ON i.dataset = d.id "
             "JOIN run r ON r.id = i.run WHERE d.experiment = ?";
    case DatasetAttribute::kDigest:
      return "SELECT r.ordinal, d.digest FROM dataset d JOIN run_dataset i ON i.dataset = d.id "
             "JOIN run r ON r.id = i.run WHERE d.experiment = ?";
    case DatasetAttribute::kContext:
      break;
  }
  return "SELECT r.ordinal, t.value FROM dataset d JOIN run_dataset i ON i.dataset = d.id "
         "JOIN run r ON r.id = i.run JOIN run_dataset_tag t ON t.input = i.id "
         "AND t.key = 'mlflow.data.context' WHERE d.experiment = ?";
}

TextColumn StatusTexts(const NumberColumn& statuses) {
  TextColumn column(statuses.size());
  for (size_t slot = 0; slot < statuses.size(); ++slot) {
    const auto status = statuses.At(slot);
    if (!status) continue;
    column.Set(slot, std::string(RunStatusName(static_cast<RunStatus>(static_cast<int>(*status)))));
  }
  return column;
}

TextColumn ArtifactTexts(const TextColumn& ids, const std::string& location) {
  std::vector<std::string> texts;
  texts.reserve(ids.texts().size());
  for (const std::string& id : ids.texts()) texts.push_back(location + "/" + id + "/artifacts");
  return ids.WithTexts(std::move(texts));
}

std::vector<uint8_t> MatchNumbers(const Comparison& comparison, const NumberColumn& column,
                                  size_t size) {
  std::vector<uint8_t> mask(size, 0);
  const double operand = comparison.literals.front().number;
  for (size_t slot = 0; slot < size; ++slot) {
    mask[slot] = MatchesNumber(comparison.op, operand, column.At(slot)) ? 1 : 0;
  }
  return mask;
}

// Each text of the column is looked at once, however many runs have it.
std::vector<uint8_t> MatchTexts(const Comparison& comparison, const TextColumn& column,
                                size_t size) {
  std::vector<uint8_t> by_code;
  by_code.reserve(column.texts().size());
  for (const std::string& text : column.texts()) {
    by_code.push_back(MatchesText(comparison.op, comparison.literals, std::string_view(text)) ? 1
                                                                                              : 0);
  }
  const uint8_t when_missing =
      MatchesText(comparison.op, comparison.literals, std::nullopt) ? 1 : 0;
  std::vector<uint8_t> mask(size, when_missing);
  for (size_t slot = 0; slot < size; ++slot) {
    if (const auto code = column.CodeAt(slot)) mask[slot] = by_code[*code];
  }
  return mask;
}

}  // namespace

base::Result<RunScan> RunScan::Start(storage::Snapshot& truth, NameTable& names,
                                     const RunQuery& query, StageFilter stage,
                                     const Candidate* after, BestCandidates& best,
                                     const CandidateOrder& order) {
  RunScan scan(query, stage, after, best, order);
  for (const RunField& field : query.fields) {
    YARD_ASSIGN_OR_RETURN(const NameId name, scan.Name(truth, names, field));
    scan.filter_names_.push_back(name);
  }
  for (const RunOrder& item : query.order) {
    YARD_ASSIGN_OR_RETURN(const NameId name, scan.Name(truth, names, item.field));
    scan.order_names_.push_back(name);
  }
  return scan;
}

base::Result<NameId> RunScan::Name(storage::Snapshot& truth, NameTable& names,
                                   const RunField& field) {
  if (!IsNamed(field)) return kNoName;
  YARD_ASSIGN_OR_RETURN(const auto name, names.Find(truth, field.key));
  return name.value_or(kNoName);
}

base::Result<void> RunScan::EnterExperiment(storage::Snapshot& truth, ExperimentId experiment,
                                            std::string artifact_location) {
  artifact_location_ = std::move(artifact_location);
  dataset_matches_.clear();
  for (size_t i = 0; i < query_.fields.size(); ++i) {
    if (query_.fields[i].kind != RunField::Kind::kDataset) continue;
    const Comparison& comparison = query_.filter.comparisons[i];
    Ordinals& matches = dataset_matches_[i];
    YARD_RETURN_IF_ERROR(truth.ForEach(
        DatasetSql(query_.fields[i].dataset),
        [&](const storage::Row& row) -> base::Result<void> {
          if (MatchesText(comparison.op, comparison.literals, row.Text(1))) {
            matches.insert(row.Integer(0));
          }
          return {};
        },
        experiment));
  }
  return {};
}

base::Result<void> RunScan::Visit(RunBlock& block, const std::unordered_set<int64_t>& skip) {
  YARD_ASSIGN_OR_RETURN(Mask mask, Present(block, skip));
  if (std::find(mask.begin(), mask.end(), 1) == mask.end()) return {};
  if (!query_.filter.comparisons.empty()) {
    YARD_ASSIGN_OR_RETURN(const Mask holds, Holds(block, query_.filter.root));
    for (size_t slot = 0; slot < mask.size(); ++slot) mask[slot] &= holds[slot];
  }
  return OfferSlots(block, mask);
}

base::Result<RunScan::Mask> RunScan::Present(RunBlock& block,
                                             const std::unordered_set<int64_t>& skip) const {
  YARD_ASSIGN_OR_RETURN(const NumberColumn stages, block.Numbers(KeyOf(NumberAttribute::kStage)));
  Mask mask(block.size(), 0);
  for (size_t slot = 0; slot < mask.size(); ++slot) {
    const auto stage = stages.At(slot);
    if (!stage) continue;
    const bool is_active = *stage == static_cast<double>(LifecycleStage::kActive);
    const bool is_wanted =
        stage_ == StageFilter::kAll || is_active == (stage_ == StageFilter::kActiveOnly);
    if (is_wanted && (skip.empty() || !skip.contains(block.OrdinalAt(slot)))) mask[slot] = 1;
  }
  return mask;
}

base::Result<RunScan::Mask> RunScan::Holds(RunBlock& block, const FilterNode& node) const {
  if (node.kind == FilterNode::Kind::kComparison) return Holds(block, node.comparison);
  const bool is_or = node.kind == FilterNode::Kind::kOr;
  Mask mask(block.size(), is_or ? 0 : 1);
  for (const FilterNode& child : node.children) {
    YARD_ASSIGN_OR_RETURN(const Mask holds, Holds(block, child));
    for (size_t slot = 0; slot < mask.size(); ++slot) {
      if (node.kind == FilterNode::Kind::kNot) {
        mask[slot] = static_cast<uint8_t>(1 - holds[slot]);
      } else if (is_or) {
        mask[slot] |= holds[slot];
      } else {
        mask[slot] &= holds[slot];
      }
    }
  }
  return mask;
}

base::Result<RunScan::Mask> RunScan::Holds(RunBlock& block, size_t index) const {
  const Comparison& comparison = query_.filter.comparisons[index];
  const RunField& field = query_.fields[index];
  if (field.kind == RunField::Kind::kDataset) {
    const Ordinals& matches = dataset_matches_.at(index);
    Mask mask(block.size(), 0);
    for (size_t slot = 0; slot < mask.size(); ++slot) {
      mask[slot] = matches.contains(block.OrdinalAt(slot)) ? 1 : 0;
    }
    return mask;
  }
  if (field.IsNumber()) {
    YARD_ASSIGN_OR_RETURN(const NumberColumn column,
                          block.Numbers(KeyOfField(field, filter_names_[index])));
    return MatchNumbers(comparison, column, block.size());
  }
  YARD_ASSIGN_OR_RETURN(const TextColumn column, Texts(block, field, filter_names_[index]));
  return MatchTexts(comparison, column, block.size());
}

ColumnKey RunScan::KeyOfField(const RunField& field, NameId name) const {
  switch (field.kind) {
    case RunField::Kind::kMetric:
      return {ColumnKind::kMetric, name};
    case RunField::Kind::kParam:
      return {ColumnKind::kParam, name};
    case RunField::Kind::kTag:
      return {ColumnKind::kTag, name};
    default:
      break;
  }
  switch (field.attribute) {
    case RunAttribute::kName:
      return KeyOf(TextAttribute::kName);
    case RunAttribute::kUser:
      return KeyOf(TextAttribute::kUser);
    case RunAttribute::kStartTime:
      return KeyOf(NumberAttribute::kStartTime);
    case RunAttribute::kEndTime:
      return KeyOf(NumberAttribute::kEndTime);
    case RunAttribute::kStatus:
      return KeyOf(NumberAttribute::kStatus);
    default:
      return KeyOf(TextAttribute::kRunId);
  }
}

base::Result<TextColumn> RunScan::Texts(RunBlock& block, const RunField& field, NameId name) const {
  const ColumnKey key = KeyOfField(field, name);
  if (field.kind == RunField::Kind::kAttribute && field.attribute == RunAttribute::kStatus) {
    YARD_ASSIGN_OR_RETURN(const NumberColumn statuses, block.Numbers(key));
    return StatusTexts(statuses);
  }
  YARD_ASSIGN_OR_RETURN(TextColumn column, block.Texts(key));
  if (field.kind == RunField::Kind::kAttribute && field.attribute == RunAttribute::kArtifactUri) {
    return ArtifactTexts(column, artifact_location_);
  }
  return column;
}

base::Result<RunScan::OrderColumns> RunScan::ReadOrderColumns(RunBlock& block) const {
  OrderColumns columns;
  columns.numbers.resize(query_.order.size());
  columns.texts.resize(query_.order.size());
  YARD_ASSIGN_OR_RETURN(columns.starts, block.Numbers(KeyOf(NumberAttribute::kStartTime)));
  for (size_t i = 0; i < query_.order.size(); ++i) {
    const RunField& field = query_.order[i].field;
    if (field.IsNumber()) {
      YARD_ASSIGN_OR_RETURN(columns.numbers[i], block.Numbers(KeyOfField(field, order_names_[i])));
    } else {
      YARD_ASSIGN_OR_RETURN(columns.texts[i], Texts(block, field, order_names_[i]));
    }
  }
  return columns;
}

Candidate RunScan::CandidateAt(const OrderColumns& columns, size_t slot) const {
  Candidate candidate;
  candidate.keys.reserve(query_.order.size());
  for (size_t i = 0; i < query_.order.size(); ++i) {
    candidate.keys.push_back(query_.order[i].field.IsNumber()
                                 ? KeyOfNumber(columns.numbers[i].At(slot))
                                 : KeyOfText(columns.texts[i].At(slot)));
  }
  candidate.start_time = static_cast<int64_t>(columns.starts.At(slot).value_or(0));
  return candidate;
}

base::Result<void> RunScan::OfferSlots(RunBlock& block, const Mask& mask) {
  YARD_ASSIGN_OR_RETURN(const OrderColumns columns, ReadOrderColumns(block));
  // Ids and numbers of runs are read only when some run of the block may get in.
  std::optional<TextColumn> ids;
  NumberColumn runs;
  for (size_t slot = 0; slot < mask.size(); ++slot) {
    if (mask[slot] == 0) continue;
    Candidate candidate = CandidateAt(columns, slot);
    if (!best_.MayTake(candidate)) continue;
    if (after_ != nullptr && order_.CompareWithoutId(candidate, *after_) < 0) continue;
    if (!ids) {
      YARD_ASSIGN_OR_RETURN(ids, block.Texts(KeyOf(TextAttribute::kRunId)));
      YARD_ASSIGN_OR_RETURN(runs, block.Numbers(KeyOf(NumberAttribute::kRun)));
    }
    candidate.id = ids->At(slot).value_or("");
    candidate.run = static_cast<int64_t>(runs.At(slot).value_or(0));
    if (after_ == nullptr || order_(*after_, candidate)) best_.Offer(std::move(candidate));
  }
  return {};
}

}  // namespace yard::tracking
