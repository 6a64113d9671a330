#include "app/model_location.h"

#include <fstream>
#include <system_error>
#include <utility>

#include "base/ids.h"
#include "net/client.h"

namespace yard::app {
namespace {

using base::json::Value;

constexpr std::string_view kScheme = "models:/";
constexpr std::string_view kApi = "/api/2.0/mlflow/";
constexpr std::string_view kArtifacts = "/api/2.0/mlflow-artifacts/artifacts";
constexpr int kMaxDepth = 16;

struct ModelUri {
  std::string name;
  std::string alias;  // one of the two
  std::string version;
};

base::Result<ModelUri> ParseUri(const std::string& uri) {
  const std::string rest = uri.substr(kScheme.size());
  const size_t at = rest.find('@');
  const size_t slash = rest.find('/');
  if (at != std::string::npos && at > 0 && at + 1 < rest.size())
    return ModelUri{rest.substr(0, at), rest.substr(at + 1), ""};
  if (slash == std::string::npos || slash == 0 || slash + 1 == rest.size()) {
    return base::InvalidArgument(
        "a registered model reads models:/NAME@ALIAS or models:/NAME/VERSION", {"model", uri});
  }
  const std::string version = rest.substr(slash + 1);
  if (version == "latest") return ModelUri{rest.substr(0, slash), "latest", ""};
  return ModelUri{rest.substr(0, slash), "", version};
}

base::Result<std::string> VersionOf(const ModelUri& uri, const ApiClient& server) {
  if (!uri.version.empty()) return uri.version;
  YARD_ASSIGN_OR_RETURN(const Value answer,
                        server.Get(std::string(kApi) +
                                   "registered-models/alias?name=" + net::PercentEncode(uri.name) +
                                   "&alias=" + net::PercentEncode(uri.alias)));
  return std::string(answer["model_version"]["version"].string_or(""));
}

base::Result<void> DownloadFile(const ApiClient& server, const std::string& path,
                                const std::filesystem::path& target) {
  net::ClientRequest request;
  request.url = server.server_url() + std::string(kArtifacts) + "/" + net::PercentEncode(path, "/");
  request.timeout = std::chrono::minutes(10);
  request.answer_limit_bytes = size_t{8} << 30;
  YARD_ASSIGN_OR_RETURN(const net::Response answer, net::Fetch(request));
  if (answer.status != 200)
    return base::NotFound("the server does not give this file", {"file", path});
  std::ofstream file(target, std::ios::binary);
  file << answer.body;
  if (!file.flush())
    return base::Unavailable("cannot write the downloaded file", {"file", target.string()});
  return {};
}

// A name from the server that stays inside the folder it is put in.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

base::Result<void> DownloadFolder(const ApiClient& server, const std::string& path,
                                  const std::filesystem::path& target, int depth) {
  if (depth > kMaxDepth)
    return base::ResourceExhausted("the model's folders are nested too deeply", {"folder", path});
  std::error_code error;
  std::filesystem::create_directories(target, error);
  if (error)
    return base::Unavailable("cannot make a folder", {"folder", target.string()},
                             {"problem", error.message()});
  YARD_ASSIGN_OR_RETURN(const Value listed,
                        server.Get(std::string(kArtifacts) + "?path=" + net::PercentEncode(path)));
  const auto* files = listed["files"].as_array();
  if (files == nullptr)
    return base::NotFound("the model has no files on the server", {"folder", path});
  for (const Value& file : *files) {
    const std::string name(file["path"].string_or(""));
    if (!IsPlainName(name))
      return base::InvalidArgument("the server lists a strange file name", {"name", name});
    const std::string inner = path + "/" + name;
    YARD_RETURN_IF_ERROR(file["is_dir"].bool_or(false)
                             ? DownloadFolder(server, inner, target / name, depth + 1)
                             : DownloadFile(server, inner, target / name));
  }
  return {};
}

}  // namespace

ModelLocation::~ModelLocation() {
  std::error_code ignored;
  if (!to_remove_.empty()) std::filesystem::remove_all(to_remove_, ignored);
}

base::Result<std::unique_ptr<ModelLocation>> ModelLocation::Find(const std::string& model,
                                                                 const ApiClient& server) {
  if (!model.starts_with(kScheme))
    return std::unique_ptr<ModelLocation>(new ModelLocation(model, {}));
  YARD_ASSIGN_OR_RETURN(const ModelUri uri, ParseUri(model));
  YARD_ASSIGN_OR_RETURN(const std::string version, VersionOf(uri, server));
  YARD_ASSIGN_OR_RETURN(
      const Value answer,
      server.Get(std::string(kApi) + "model-versions/get-download-uri?name=" +
                 net::PercentEncode(uri.name) + "&version=" + net::PercentEncode(version)));
  std::string location(answer["artifact_uri"].string_or(""));
  constexpr std::string_view kProxied = "mlflow-artifacts:/";
  if (!location.starts_with(kProxied))
    return base::Unimplemented("the model's files are not on the server", {"location", location});
  location.erase(0, kProxied.size());
  location.erase(0, location.find_first_not_of('/'));
  std::error_code error;
  const auto folder =
      std::filesystem::temp_directory_path(error) / ("modelyard-" + base::RandomHex(8));
  std::unique_ptr<ModelLocation> found(new ModelLocation(folder / uri.name, folder));
  YARD_RETURN_IF_ERROR(DownloadFolder(server, location, found->path(), 0));
  return found;
}

}  // namespace yard::app
