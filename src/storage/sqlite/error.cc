#include "storage/sqlite/error.h"

#include <string>

#include <sqlite3.h>

namespace yard::storage::sqlite {
namespace {

struct Meaning {
  base::Code code;
  const char* reason;
  const char* message;
};

Meaning MeaningOfConstraint(int result_code) {
  switch (result_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {base::Code::kAlreadyExists, "unique_violation", "the key is taken"};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {base::Code::kFailedPrecondition, "foreign_key_violation",
              "another row is missing or still refers to this one"};
    default:
      return {base::Code::kInvalidArgument, "constraint_violation",
              "a value violates the schema's rules"};
  }
}

Meaning MeaningOf(int result_code) {
  switch (result_code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return MeaningOfConstraint(result_code);
    case SQLITE_MISMATCH:
      return {base::Code::kInvalidArgument, "constraint_violation", "a value has the wrong type"};
    case SQLITE_TOOBIG:
      return {base::Code::kInvalidArgument, "value_too_big", "a value is too big for the database"};
    case SQLITE_INTERRUPT:
      return {base::Code::kDeadlineExceeded, "query_timeout", "the query took too long"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {base::Code::kUnavailable, "database_busy", "another process holds the database"};
    case SQLITE_FULL:
      return {base::Code::kUnavailable, "disk_full", "the disk is full; free some space"};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return {base::Code::kUnavailable, "disk_error",
              "the database file cannot be read or written"};
    case SQLITE_READONLY:
      return {base::Code::kUnavailable, "database_read_only", "the database file is read-only"};
    case SQLITE_NOMEM:
      return {base::Code::kUnavailable, "out_of_memory", "not enough memory for the database"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {base::Code::kDataLoss, "database_damaged",
              "the database file is damaged; restore it from a backup"};
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {base::Code::kPermissionDenied, "permission_denied",
              "access to the database is denied"};
    default:
      return {base::Code::kInternal, "bad_statement", "the statement is not valid"};
  }
}

}  // namespace

base::Error ErrorOf(int result_code, sqlite3* connection, std::string_view doing) {
  const Meaning meaning = MeaningOf(result_code);
  base::Error error(meaning.code, meaning.message, {{"while", std::string(doing)}});
  // The connection speaks of its last call only, which need not be this one.
  const bool same = connection != nullptr && sqlite3_extended_errcode(connection) == result_code;
  std::string words = same ? sqlite3_errmsg(connection) : sqlite3_errstr(result_code);
  return std::move(error).WithReason(meaning.reason).With({"sqlite", std::move(words)});
}

}  // namespace yard::storage::sqlite
