#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace yard::serving {

// How a request finds its arm: the key falls on a point of [0, 1), and the arms own consecutive
// pieces of it in the order and proportion of their weights. Nothing is remembered, so the answer
// is the same after a restart and on every replica, and anyone can recompute it.

/// The point of `key`: the upper 53 bits of base::StableHash(salt + NUL + key) as a fraction.
double AssignmentPoint(std::string_view salt, std::string_view key);

/// The upper end of each arm's piece; the last is 1. Weights are >= 0 and their sum is > 0.
std::vector<double> CumulativeShares(std::span<const double> weights);

/// The index of the piece that holds `point`. `shares` is not empty.
size_t PieceOf(std::span<const double> shares, double point);

}  // namespace yard::serving
