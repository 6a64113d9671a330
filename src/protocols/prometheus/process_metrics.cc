#include "protocols/prometheus/process_metrics.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace yard::protocols::prometheus {
namespace {

using base::MetricType;

std::optional<std::string> ReadFile(const char* path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The fields of /proc/self/stat from the third on; the second, the name, may hold blanks.
std::vector<double> StatFields() {
  const auto text = ReadFile("/proc/self/stat");
  if (!text) return {};
  std::istringstream rest(text->substr(text->rfind(')') + 2));
  std::string state;
  rest >> state;
  return std::vector<double>(std::istream_iterator<double>(rest), {});
}

std::optional<double> BootTimeSeconds() {
  const auto text = ReadFile("/proc/stat");
  if (!text) return std::nullopt;
  const size_t line = text->find("\nbtime ");
  if (line == std::string::npos) return std::nullopt;
  return std::strtod(text->c_str() + line + 7, nullptr);
}

std::optional<double> OpenFileDescriptors() {
  std::error_code failure;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", failure), end;
       !failure && entry != end; entry.increment(failure)) {
    ++count;
  }
  if (failure) return std::nullopt;
  return count;
}

}  // namespace

void WriteProcessMetrics(Exposition& exposition) {
  // Offsets into the fields of proc(5), counted from its third: utime 14, stime 15, starttime 22,
  // vsize 23, rss 24; the state itself is not among them.
  constexpr size_t kUserTime = 10, kSystemTime = 11, kStartTime = 18, kVirtual = 19, kResident = 20;
  const auto stat = StatFields();
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (stat.size() > kResident) {
    exposition.Single("process_cpu_seconds_total", "User and system CPU time spent.",
                      MetricType::kCounter, (stat[kUserTime] + stat[kSystemTime]) / ticks);
    if (const auto boot = BootTimeSeconds()) {
      exposition.Single("process_start_time_seconds", "Start of the process, since 1970 UTC.",
                        MetricType::kGauge, *boot + stat[kStartTime] / ticks);
    }
    exposition.Single("process_virtual_memory_bytes", "Virtual memory size.", MetricType::kGauge,
                      stat[kVirtual]);
    exposition.Single("process_resident_memory_bytes", "Resident memory size.", MetricType::kGauge,
                      stat[kResident] * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  if (const auto open = OpenFileDescriptors()) {
    exposition.Single("process_open_fds", "Open file descriptors.", MetricType::kGauge, *open);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    exposition.Single("process_max_fds", "Most open file descriptors.", MetricType::kGauge,
                      static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace yard::protocols::prometheus
