#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "storage/database.h"

namespace yard::tracking {

/// Opens the derived search file; one that is damaged, of another format or from before a crash of
/// the machine is deleted and made anew.
base::Result<std::unique_ptr<storage::Database>> OpenSearchFile(const std::string& path,
                                                                const base::Clock& clock);

/// Marks the file as closed in order. Nothing may be written afterwards.
void CloseSearchFile(storage::Database& search);

}  // namespace yard::tracking
