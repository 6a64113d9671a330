#include "protocols/native/endpoint_json.h"

#include <cmath>
#include <cstddef>

namespace yard::protocols::native {

namespace {

using base::json::NonFinite;
using base::json::Writer;

void WriteArm(Writer& writer, const serving::ArmStatus& arm) {
  writer.BeginObject();
  writer.Member("name", arm.config.name);
  writer.Member("model", arm.config.model);
  writer.Member("weight", arm.config.weight);
  if (arm.serving) {
    writer.Key("resolved").BeginObject();
    writer.Member("name", arm.serving->name).Member("version", arm.serving->version);
    writer.EndObject();
  }
  writer.Member("state", serving::ArmStateName(arm.state));
  if (!arm.error.empty()) writer.Member("error", arm.error);
  writer.Member("requests", arm.requests).Member("errors", arm.errors);
  writer.EndObject();
}

void WritePrevious(Writer& writer, const serving::EndpointStatus& endpoint) {
  writer.BeginArray();
  for (const auto& arm : endpoint.arms) {
    for (const auto& key : arm.previous) {
      writer.BeginObject();
      writer.Member("arm", arm.config.name).Member("version", key.version);
      writer.EndObject();
    }
  }
  writer.EndArray();
}

void WriteTraffic(Writer& writer, const serving::RecentTraffic& traffic) {
  writer.BeginObject();
  writer.Member("requests", traffic.requests).Member("errors", traffic.errors);
  writer.Member("requests_per_second", traffic.requests_per_second);
  writer.Member("p50_ms", traffic.p50_ms).Member("p90_ms", traffic.p90_ms);
  writer.Member("p99_ms", traffic.p99_ms);
  writer.EndObject();
}

void WriteFeature(Writer& writer, const serving::PredictionRecord& record, size_t index) {
  writer.Key(record.source->features[index].name);
  const auto& row = record.features;
  const std::optional<std::string> text =
      index < row.texts.size() ? row.texts[index] : std::nullopt;
  if (text) {
    writer.String(*text);
    return;
  }
  writer.Double(row.numbers[index]);
}

void WriteRecord(Writer& writer, const serving::PredictionRecord& record) {
  writer.BeginObject();
  writer.Member("request_id", record.request_id);
  writer.Member("time", record.event_time.value);
  writer.Member("arm", record.source->arm).Member("model", record.source->model);
  writer.Member("version", record.source->version).Member("key", record.key);
  writer.Key("prediction");
  if (record.text.empty()) writer.Double(record.value);
  if (!record.text.empty()) writer.String(record.text);
  if (record.score) writer.Member("score", *record.score);
  writer.Key("features").BeginObject();
  for (size_t i = 0; i < record.source->features.size(); ++i) WriteFeature(writer, record, i);
  writer.EndObject().EndObject();
}

}  // namespace

void WriteEndpoint(Writer& writer, const serving::EndpointStatus& endpoint) {
  writer.BeginObject();
  writer.Member("name", endpoint.config.name);
  writer.Member("baked_minutes", endpoint.config.bake_time.count());
  writer.Key("arms").BeginArray();
  for (const auto& arm : endpoint.arms) WriteArm(writer, arm);
  writer.EndArray();
  writer.Key("previous");
  WritePrevious(writer, endpoint);
  writer.Member("created_at", endpoint.created.value);
  writer.Member("updated_at", endpoint.updated.value);
  writer.Key("traffic");
  WriteTraffic(writer, endpoint.traffic);
  writer.EndObject();
}

std::string EndpointsJson(const std::vector<serving::EndpointStatus>& endpoints) {
  std::string json;
  Writer writer(json);
  writer.BeginObject().Key("endpoints").BeginArray();
  for (const auto& endpoint : endpoints) WriteEndpoint(writer, endpoint);
  writer.EndArray().EndObject();
  return json;
}

std::string RolledBackJson(const serving::RolledBack& done) {
  std::string json;
  Writer writer(json);
  writer.BeginObject();
  writer.Member("arm", done.arm).Member("from", done.from).Member("to", done.to);
  writer.Key("endpoint");
  WriteEndpoint(writer, done.endpoint);
  writer.EndObject();
  return json;
}

std::string HistoryJson(const std::vector<serving::EndpointEvent>& events) {
  std::string json;
  Writer writer(json);
  writer.BeginObject().Key("events").BeginArray();
  for (const auto& event : events) {
    writer.BeginObject();
    writer.Member("time", event.time.value);
    writer.Member("action", serving::EndpointActionName(event.action));
    writer.Member("arm", event.arm).Member("from", event.from).Member("to", event.to);
    writer.Member("reason", event.reason);
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return json;
}

std::string TrafficJson(const std::vector<serving::ArmTrafficPoint>& points) {
  std::string json;
  Writer writer(json);
  writer.BeginObject().Key("series").BeginArray();
  for (const auto& point : points) {
    writer.BeginObject();
    writer.Member("time", point.slot.start.value).Member("arm", point.arm);
    writer.Member("requests", point.slot.requests).Member("errors", point.slot.errors);
    writer.Member("p50_ms", point.slot.latencies.QuantileMilliseconds(0.5));
    writer.Member("p99_ms", point.slot.latencies.QuantileMilliseconds(0.99));
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return json;
}

std::string PredictionsJson(const std::vector<serving::PredictionRecord>& records) {
  std::string json;
  Writer writer(json, NonFinite::kNull);
  writer.BeginObject().Key("predictions").BeginArray();
  for (const auto& record : records) WriteRecord(writer, record);
  writer.EndArray().EndObject();
  return json;
}

}  // namespace yard::protocols::native
