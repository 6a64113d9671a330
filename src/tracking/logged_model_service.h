#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "tracking/logged_model.h"
#include "tracking/search/search.h"

namespace yard::tracking {

class TrackingStore;

/// The rules of a logged model's life: pending, then ready or failed; tags and params at any time.
/// Every method returns after its effect is durable, may block, and may be called from any thread.
///
/// Errors common to all: kNotFound "logged_model_not_found" (a deleted model counts as absent, but
/// for GetWithDeleted); kInvalidArgument "bad_key" or "too_long" for params and tags.
class LoggedModelService {
 public:
  /// Params of one model; further ones are refused with kInvalidArgument "too_many".
  static constexpr size_t kMaxParams = 1000;

  explicit LoggedModelService(TrackingStore& store) : store_(store) {}

  /// Errors: kNotFound "experiment_not_found"; kFailedPrecondition "experiment_not_active";
  /// kInvalidArgument "bad_model_name".
  base::Result<LoggedModel> Create(const NewLoggedModel& model);
  base::Result<LoggedModel> Get(const LoggedModelId& id);
  base::Result<LoggedModel> GetWithDeleted(const LoggedModelId& id);

  base::Result<LoggedModel> Finalize(const LoggedModelId& id, LoggedModelStatus status);
  base::Result<void> Delete(const LoggedModelId& id);

  /// A param that is there keeps its value when it is equal, and is refused otherwise:
  /// kInvalidArgument "param_changed".
  base::Result<void> LogParams(const LoggedModelId& id, std::span<const Param> params);
  base::Result<LoggedModel> SetTags(const LoggedModelId& id, std::span<const Tag> tags);
  /// Errors: kNotFound "tag_not_found".
  base::Result<void> DeleteTag(const LoggedModelId& id, std::string_view key);

  /// Errors: kInvalidArgument "bad_filter", "bad_order_by", "bad_page_token" or "bad_max_results".
  base::Result<LoggedModelPage> Search(const LoggedModelSearch& search);

 private:
  TrackingStore& store_;
};

}  // namespace yard::tracking
