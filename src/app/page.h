#pragma once

#include <vector>

#include "net/static_files.h"

namespace yard::app {

/// The web page as it was built into this binary; empty when it was built without one.
std::vector<net::EmbeddedFile> PageFiles();

}  // namespace yard::app
