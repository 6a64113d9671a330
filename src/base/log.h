#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace yard::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kHuman, kJson };

/// One named value of a log line.
struct LogField {
  std::string_view name;
  std::string value;
};

/// Chooses level and format for the whole process; call once at start, before threads. Lines go to
/// stderr.
void ConfigureLog(LogLevel level, LogFormat format);

/// Writes one line. `message` is static text; what varies goes into the fields. Thread-safe.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

/// Counts and logs a broken invariant; aborts in debug builds. `what` is static text.
void ReportBug(std::string_view what, const char* file, int line);

}  // namespace yard::base

/// For what cannot happen: aborts in debug builds, is logged in release builds.
#define YARD_BUG(what) ::yard::base::ReportBug(what, __FILE__, __LINE__)
