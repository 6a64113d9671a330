#include "protocols/mlflow/stage_filter.h"

namespace yard::protocols::mlflow {

tracking::StageFilter ParseStageFilter(const std::optional<EnumName>& view_type) {
  const std::string_view text = view_type ? std::string_view(view_type->text) : "";
  if (text == "DELETED_ONLY" || text == "2") return tracking::StageFilter::kDeletedOnly;
  if (text == "ALL" || text == "3") return tracking::StageFilter::kAll;
  return tracking::StageFilter::kActiveOnly;
}

}  // namespace yard::protocols::mlflow
