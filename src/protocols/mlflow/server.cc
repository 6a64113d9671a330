// What clients ask about the server itself. Answered on the I/O thread: it never waits for work.

#include <string>
#include <utility>

#include "protocols/mlflow/route_files.h"

namespace yard::protocols::mlflow {
namespace {

// The version of MLflow whose protocol is spoken: the client switches features on by it.
constexpr char kProtocolVersion[] = "3.17.2";

// Both multipart flags stay false: true would make every client use routes that are not spoken.
constexpr char kServerInfo[] =
    R"({"store_type":"SqlStore","workspaces_enabled":false,"trace_archival_enabled":false,)"
    R"("multipart_uploads_enabled":false,"multipart_downloads_enabled":false,)"
    R"("presigned_upload_run_id_supported":false,"presigned_upload_model_id_supported":false,)"
    R"("features_enabled":{"gateway":false}})";

template <typename Answer>
void GetAtOnce(net::Router& router, std::string_view path, Answer answer) {
  router.HandleAsync(net::Method::kGet, path,
                     [answer](std::shared_ptr<const net::Request>, net::Responder responder) {
                       responder.Send(answer());
                     });
}

}  // namespace

void AddServerRoutes(net::Router& router) {
  GetAtOnce(router, "/health", [] { return net::Response::Text("OK"); });
  GetAtOnce(router, "/version", [] { return net::Response::Text(kProtocolVersion); });
  for (const std::string prefix : {"/api", "/ajax-api"}) {
    GetAtOnce(router, prefix + "/3.0/mlflow/server-info",
              [] { return net::Response::Json(kServerInfo); });
  }
}

}  // namespace yard::protocols::mlflow
