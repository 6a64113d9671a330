#pragma once

#include <string>
#include <string_view>

#include "app/command_line.h"
#include "base/json/value.h"
#include "base/result.h"
#include "net/http.h"

namespace yard::app {

/// Talks to a running server as any client would: for the commands that look and act from outside.
class ApiClient {
 public:
  explicit ApiClient(std::string server_url) : server_url_(std::move(server_url)) {}

  const std::string& server_url() const { return server_url_; }

  base::Result<base::json::Value> Get(std::string_view path) const;
  /// Sends `body` as JSON. Errors: kUnavailable when no server answers, else the code of the answer
  /// with its message.
  base::Result<base::json::Value> Send(net::Method method, std::string_view path,
                                       const base::json::Value& body) const;
  base::Result<base::json::Value> SendBytes(net::Method method, std::string_view path,
                                            std::string body, std::string_view content_type) const;

 private:
  std::string server_url_;
};

/// The options --url and --data by which a command finds its server, and --json.
std::vector<Option> ServerOptions();

/// The server that --url, MODELYARD_URL or server.json of --data (in this order) names;
/// http://127.0.0.1:5000 when none does.
ApiClient ClientFor(const Arguments& arguments);

/// Says what went wrong on stderr and returns the exit code for it.
int Report(const base::Error& error);

}  // namespace yard::app
