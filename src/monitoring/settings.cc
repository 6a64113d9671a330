#include "monitoring/settings.h"

#include <string_view>

namespace yard::monitoring {
namespace {

base::Error BadSetting(std::string_view setting, std::string value, std::string rule) {
  return base::InvalidArgument(std::move(rule), {"setting", std::string(setting)},
                               {"value", std::move(value)})
      .WithReason("bad_setting");
}

}  // namespace

base::Result<void> CheckSettings(const MonitorSettings& settings) {
  constexpr int kMostPanes = 100;
  constexpr size_t kLongestUrl = 2'048;
  if (!(settings.alpha > 0 && settings.alpha < 1)) {
    return BadSetting("alpha", std::to_string(settings.alpha), "alpha must lie between 0 and 1");
  }
  if (!(settings.minimum_effect >= 0 && settings.minimum_effect <= 1)) {
    return BadSetting("minimum_effect", std::to_string(settings.minimum_effect),
                      "minimum_effect must lie in [0, 1]");
  }
  if (settings.minimum_rows < 1) {
    return BadSetting("minimum_rows", std::to_string(settings.minimum_rows),
                      "minimum_rows must be at least 1");
  }
  if (settings.panes_watched < 1 || settings.panes_watched > kMostPanes) {
    return BadSetting("panes_watched", std::to_string(settings.panes_watched),
                      "panes_watched must lie in [1, 100]");
  }
  if (settings.panes_needed < 1 || settings.panes_needed > settings.panes_watched) {
    return BadSetting("panes_needed", std::to_string(settings.panes_needed),
                      "panes_needed must lie in [1, panes_watched]");
  }
  const std::string& url = settings.webhook_url;
  const bool is_web = url.starts_with("http://") || url.starts_with("https://");
  if (!url.empty() && (!is_web || url.size() > kLongestUrl)) {
    return BadSetting("webhook_url", url, "webhook_url must be an http:// or https:// URL");
  }
  return {};
}

}  // namespace yard::monitoring
