#pragma once

#include <string>

#include "base/json/writer.h"
#include "registry/model_version.h"
#include "registry/registered_model.h"
#include "registry/registry_service.h"
#include "tracking/experiment.h"
#include "tracking/logged_model.h"
#include "tracking/run.h"

/// The entities of the domain as MLflow's wire writes them. The presence of every field is part of
/// the protocol: empty lists and unset values are left out, empty texts are sent.
namespace yard::protocols::mlflow {

void Write(base::json::Writer& writer, const tracking::Experiment& experiment);
void Write(base::json::Writer& writer, const tracking::RunInfo& info);
/// With inputs and outputs, even when there are none.
void Write(base::json::Writer& writer, const tracking::Run& run);
/// As the answer to its creation, which says nothing about outputs.
void WriteNewRun(base::json::Writer& writer, const tracking::Run& run);
void Write(base::json::Writer& writer, const tracking::LoggedModel& model);
void Write(base::json::Writer& writer, const registry::RegisteredModel& model);
void Write(base::json::Writer& writer, const registry::ModelVersion& version);

/// The answer to a search of versions. There, and inside a model, versions come without aliases.
std::string FoundVersions(const registry::Page<registry::ModelVersion>& page);

/// `{"<name>": <entity>}`.
template <typename Entity>
std::string Wrapped(std::string_view name, const Entity& entity) {
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Key(name);
  Write(writer, entity);
  writer.EndObject();
  return json;
}

/// `"<name>": [<entities>]` inside an open object; nothing when there are none.
template <typename Entities>
void WriteList(base::json::Writer& writer, std::string_view name, const Entities& entities) {
  if (entities.empty()) return;
  writer.Key(name).BeginArray();
  for (const auto& entity : entities) Write(writer, entity);
  writer.EndArray();
}

/// `{"<name>": [<entities>], "next_page_token": ...}`, each left out when empty.
template <typename Entities>
std::string PageOf(std::string_view name, const Entities& entities,
                   const std::string& next_page_token) {
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject();
  WriteList(writer, name, entities);
  if (!next_page_token.empty()) writer.Member("next_page_token", next_page_token);
  writer.EndObject();
  return json;
}

}  // namespace yard::protocols::mlflow
