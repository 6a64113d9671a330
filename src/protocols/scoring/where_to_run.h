#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "net/http.h"
#include "serving/routes.h"

namespace yard::protocols::scoring {

/// How many rows a JSON body may hold at most, roughly: between the cells of a row are commas.
size_t RowsInJson(const serving::Routes& routes, std::string_view body);
/// How many lines a CSV body has.
size_t RowsInCsv(std::string_view body);

/// Whether a request is cheap enough (below 200 µs by estimate) to be answered on the I/O thread.
bool IsCheap(const serving::Routes& routes, size_t body_bytes, size_t rows);

/// Whether a request that waited for an executor has passed its deadline; one without a deadline
/// never has.
bool IsTooLate(const net::Request& request, std::chrono::steady_clock::time_point now);

}  // namespace yard::protocols::scoring
