#pragma once

namespace yard::stats {

// Tails and quantiles of the textbook distributions. Tails are computed as such, never as 1 - cdf,
// so they stay exact down to 1e-300.

/// P(X >= x) of chi-square with `degrees` > 0; 0 for infinity.
double ChiSquareSurvival(double x, double degrees);
/// The x with P(X >= x) = `tail`, 0 < tail < 1.
double ChiSquareUpperQuantile(double tail, double degrees);
/// P(Z >= z) of the standard normal.
double NormalSurvival(double z);
/// The z with P(Z >= z) = `tail`, 0 < tail < 1.
double NormalUpperQuantile(double tail);
/// P(T >= t) of Student's t with `degrees` > 0.
double StudentSurvival(double t, double degrees);
/// The p-quantile of Beta(a, b), 0 < p < 1, a and b > 0.
double BetaQuantile(double p, double a, double b);

}  // namespace yard::stats
