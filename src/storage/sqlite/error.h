#pragma once

#include <string_view>

#include "base/result.h"

struct sqlite3;

namespace yard::storage::sqlite {

/// SQLite's result code as a typed error, with the reason tokens of storage/database.h. `doing` is
/// static text such as "commit"; `connection` may be null and adds SQLite's own words.
base::Error ErrorOf(int result_code, sqlite3* connection, std::string_view doing);

}  // namespace yard::storage::sqlite
