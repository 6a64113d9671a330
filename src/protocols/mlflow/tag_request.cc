#include "protocols/mlflow/tag_request.h"

#include <utility>

#include "protocols/mlflow/request.h"

namespace yard::protocols::mlflow {
namespace {

template <typename Tag>
base::Result<std::vector<Tag>> Convert(std::vector<WireTag> tags) {
  std::vector<Tag> converted;
  converted.reserve(tags.size());
  for (WireTag& tag : tags) {
    YARD_ASSIGN_OR_RETURN(auto key, Need(std::move(tag.key), "key"));
    converted.push_back({std::move(key), std::move(tag.value).value_or("")});
  }
  return converted;
}

}  // namespace

base::Result<std::vector<tracking::KeyText>> TrackingTags(std::vector<WireTag> tags) {
  return Convert<tracking::KeyText>(std::move(tags));
}

base::Result<std::vector<tracking::KeyText>> TrackingTags(WireTags tags, std::string_view kind) {
  YARD_ASSIGN_OR_RETURN(auto all, AllOf(std::move(tags), kind));
  return Convert<tracking::KeyText>(std::move(all));
}

base::Result<std::vector<registry::Tag>> RegistryTags(WireTags tags) {
  YARD_ASSIGN_OR_RETURN(auto all, AllOf(std::move(tags), "tags"));
  return Convert<registry::Tag>(std::move(all));
}

}  // namespace yard::protocols::mlflow
