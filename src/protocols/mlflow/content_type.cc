#include "protocols/mlflow/content_type.h"

#include <algorithm>
#include <array>
#include <string>

namespace yard::protocols::mlflow {
namespace {

constexpr std::array<std::string_view, 28> kText = {
    "txt",  "log",  "err", "cfg", "conf", "cnf",     "cf",    "ini", "properties", "prop",
    "toml", "yaml", "yml", "xml", "json", "js",      "py",    "csv", "tsv",        "md",
    "rst",  "sql",  "r",   "sh",  "css",  "jsonnet", "hocon", "py3"};
constexpr std::array<std::string_view, 4> kTextNames = {"MLmodel", "MLproject", "Dockerfile",
                                                        "README"};

struct Known {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array<Known, 18> kKnown = {{{"html", "text/html"},
                                           {"htm", "text/html"},
                                           {"png", "image/png"},
                                           {"jpg", "image/jpeg"},
                                           {"jpeg", "image/jpeg"},
                                           {"gif", "image/gif"},
                                           {"svg", "image/svg+xml"},
                                           {"webp", "image/webp"},
                                           {"bmp", "image/bmp"},
                                           {"pdf", "application/pdf"},
                                           {"zip", "application/zip"},
                                           {"gz", "application/gzip"},
                                           {"tar", "application/x-tar"},
                                           {"mp4", "video/mp4"},
                                           {"webm", "video/webm"},
                                           {"mp3", "audio/mpeg"},
                                           {"wav", "audio/x-wav"},
                                           {"geojson", "application/geo+json"}}};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

template <size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

std::string_view ContentTypeOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (Contains(kTextNames, name)) return "text/plain";
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  const std::string extension = LowerCase(name.substr(dot + 1));
  if (Contains(kText, extension)) return "text/plain";
  const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&extension](const Known& entry) {
    return entry.extension == extension;
  });
  return known == kKnown.end() ? "application/octet-stream" : known->type;
}

}  // namespace yard::protocols::mlflow
