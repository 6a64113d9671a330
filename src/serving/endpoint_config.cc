#include "serving/endpoint_config.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace yard::serving {

namespace {

base::Error Invalid(std::string message, std::string parameter) {
  return base::InvalidArgument(std::move(message), {"parameter", std::move(parameter)})
      .WithReason("invalid_endpoint");
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxEndpointName && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

base::Result<void> CheckArm(const ArmConfig& arm) {
  if (!IsName(arm.name)) {
    return Invalid("the name of an arm has 1 to 100 letters, digits, '.', '_' or '-'", "arms.name");
  }
  if (!arm.model.starts_with("models:/")) {
    return Invalid("an arm serves a model of the registry, such as models:/churn@champion",
                   "arms.model");
  }
  if (!std::isfinite(arm.weight) || arm.weight < 0) {
    return Invalid("a weight is a number that is not negative", "arms.weight");
  }
  return {};
}

}  // namespace

base::Result<void> CheckConfig(const EndpointConfig& config) {
  if (!IsName(config.name)) {
    return Invalid("the name of an endpoint has 1 to 100 letters, digits, '.', '_' or '-'", "name");
  }
  if (config.arms.empty() || config.arms.size() > kMaxArms) {
    return Invalid("an endpoint has 1 to 16 arms", "arms");
  }
  std::set<std::string_view> names;
  double total = 0;
  for (const auto& arm : config.arms) {
    YARD_RETURN_IF_ERROR(CheckArm(arm));
    if (!names.insert(arm.name).second) return Invalid("two arms have one name", "arms.name");
    total += arm.weight;
  }
  if (!(total > 0) || !std::isfinite(total)) {
    return Invalid("at least one arm needs a weight above 0", "arms.weight");
  }
  const bool is_out_of_range =
      config.bake_time.count() < 0 || config.bake_time.count() > 60 * 24 * 365;
  if (is_out_of_range) return Invalid("the bake time is 0 minutes to one year", "baked_minutes");
  return {};
}

}  // namespace yard::serving
