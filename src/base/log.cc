#include "base/log.h"

#include <cstdlib>
#include <memory>
#include <string>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json/writer.h"

namespace yard::base {
namespace {

LogFormat g_format = LogFormat::kHuman;

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("modelyard",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string HumanLine(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line(message);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += field.value;
  }
  return line;
}

// The members after "level" of a JSON line; the pattern adds time and level.
std::string JsonMembers(std::string_view message, std::initializer_list<LogField> fields) {
  std::string text;
  json::Writer writer(text);
  writer.BeginObject();
  writer.Key("message").String(message);
  for (const LogField& field : fields) writer.Key(field.name).String(field.value);
  writer.EndObject();
  return text.substr(1);
}

}  // namespace

void ConfigureLog(LogLevel level, LogFormat format) {
  g_format = format;
  Logger().set_level(ToSpdlog(level));
  if (format == LogFormat::kJson)
    Logger().set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v)");
}

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  spdlog::logger& logger = Logger();
  if (!logger.should_log(ToSpdlog(level))) return;
  logger.log(
      ToSpdlog(level), "{}",
      g_format == LogFormat::kJson ? JsonMembers(message, fields) : HumanLine(message, fields));
}

void ReportBug(std::string_view what, const char* file, int line) {
  Log(LogLevel::kError, "bug",
      {{"what", std::string(what)}, {"at", std::string(file) + ":" + std::to_string(line)}});
#ifndef NDEBUG
  std::abort();
#endif
}

}  // namespace yard::base
