#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "storage/artifact_store.h"

namespace yard::protocols::mlflow {

/// A path below a folder of the store, as a client names it (percent-decoded once). Errors:
/// kInvalidArgument for everything that could lead out of the folder, in any reading.
base::Result<std::string> PathBelow(std::string_view folder, std::string_view path);

/// The path in the store of an artifact URI. Errors: kFailedPrecondition, reason "not_proxied",
/// when the artifacts are elsewhere.
base::Result<std::string> StorePathOf(std::string_view artifact_uri);

/// The artifact as a download: with its length, validators, ranges, and as an attachment that no
/// browser renders. 404 when there is none, 400 for a folder.
net::Response ServeArtifact(const net::Request& request, storage::ArtifactStore& store,
                            const std::string& path);

/// Stores the body that streams in, in pieces; 200 with an empty body when it is durable. Errors:
/// 413 over the route's limit, 408 for a client that stops sending.
net::Response ReceiveArtifact(const net::Request& request, storage::ArtifactStore& store,
                              const std::string& path);

/// `{"detail": <text>}`: the form of errors that have no code.
net::Response DetailResponse(int status, std::string_view detail);

}  // namespace yard::protocols::mlflow
