// The finite-n law of the one-sample Kolmogorov-Smirnov statistic. Every branch of the selection is
// a published formula: R. Simard, P. L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov
// Distribution", J. Stat. Software 39 (2011); G. Marsaglia, W. Tsang, J. Wang, "Evaluating
// Kolmogorov's Distribution", 8 (2003); W. Pelz, I. Good, JRSS B 38 (1976).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "stats/kolmogorov_smirnov.h"

namespace yard::stats {
namespace {

constexpr double kPi = std::numbers::pi;

// log(n! / n^n), in extended precision: both terms are large and nearly equal.
long double LogFactorialOverPower(double n) {
  const long double count = n;
  return std::lgamma(count + 1) - count * std::log(count);
}

// P(D_n <= x) for 1/2 < n x <= 1.
double RubenGambino(double n, double x) {
  const long double base = 2 * static_cast<long double>(n) * x - 1;
  if (base <= 0) return 0;
  return static_cast<double>(
      std::exp(LogFactorialOverPower(n) + static_cast<long double>(n) * std::log(base)));
}

/// A square matrix with a power of two apart, so that powers neither overflow nor vanish.
class ScaledMatrix {
 public:
  explicit ScaledMatrix(size_t size) : size_(size), cells_(size * size, 0.0) {}

  double& at(size_t row, size_t column) { return cells_[row * size_ + column]; }
  double at(size_t row, size_t column) const { return cells_[row * size_ + column]; }
  int exponent() const { return exponent_; }

  ScaledMatrix Times(const ScaledMatrix& other) const {
    ScaledMatrix product(size_);
    product.exponent_ = exponent_ + other.exponent_;
    for (size_t i = 0; i < size_; ++i) {
      for (size_t k = 0; k < size_; ++k) {
        const double left = at(i, k);
        if (left == 0) continue;
        for (size_t j = 0; j < size_; ++j) product.at(i, j) += left * other.at(k, j);
      }
    }
    product.Normalize();
    return product;
  }

 private:
  void Normalize() {
    const double largest = *std::max_element(cells_.begin(), cells_.end());
    if (largest <= 0) return;
    int shift = 0;
    std::frexp(largest, &shift);
    for (double& cell : cells_) cell = std::ldexp(cell, -shift);
    exponent_ += shift;
  }

  size_t size_;
  std::vector<double> cells_;
  int exponent_ = 0;
};

// The matrix H of Durbin's method for k - h = n x.
ScaledMatrix DurbinMatrix(size_t k, double h) {
  const size_t size = 2 * k - 1;
  ScaledMatrix matrix(size);
  std::vector<double> inverse_factorial(size + 1, 1.0);
  for (size_t i = 1; i <= size; ++i) {
    inverse_factorial[i] = inverse_factorial[i - 1] / static_cast<double>(i);
  }
  for (size_t i = 0; i < size; ++i) {
    for (size_t j = 0; j <= std::min(i + 1, size - 1); ++j) {
      matrix.at(i, j) = inverse_factorial[i + 1 - j];
    }
  }
  for (size_t i = 0; i < size; ++i) {
    const double power = std::pow(h, static_cast<double>(i + 1)) * inverse_factorial[i + 1];
    matrix.at(i, 0) -= power;
    matrix.at(size - 1, size - 1 - i) -= power;
  }
  if (2 * h > 1) {
    matrix.at(size - 1, 0) +=
        std::pow(2 * h - 1, static_cast<double>(size)) * inverse_factorial[size];
  }
  return matrix;
}

// P(D_n <= x) by Durbin, Marsaglia, Tsang and Wang: a power of a matrix of about 2 n x rows.
double MatrixPower(double n, double x) {
  const double t = n * x;
  const size_t k = static_cast<size_t>(std::ceil(t));
  ScaledMatrix base = DurbinMatrix(k, static_cast<double>(k) - t);
  ScaledMatrix power(2 * k - 1);
  for (size_t i = 0; i < 2 * k - 1; ++i) power.at(i, i) = 1;
  for (auto bits = static_cast<unsigned long long>(n); bits > 0; bits >>= 1) {
    if ((bits & 1) != 0) power = power.Times(base);
    if (bits > 1) base = base.Times(base);
  }
  const double cell = power.at(k - 1, k - 1);
  if (cell <= 0) return 0;
  const long double logarithm = std::log(static_cast<long double>(cell)) +
                                power.exponent() * std::numbers::ln2_v<long double> +
                                LogFactorialOverPower(n);
  return static_cast<double>(std::exp(logarithm));
}

// P(D_n >= x) by the expansion of Pelz and Good, four terms in powers of 1/sqrt(n).
double PelzGoodSurvival(double n, double x) {
  const double z2 = n * x * x;
  const double z = std::sqrt(z2);
  const double z4 = z2 * z2, z6 = z4 * z2, z8 = z4 * z4, z10 = z8 * z2;
  const double pi2 = kPi * kPi, pi4 = pi2 * pi2, pi6 = pi4 * pi2;
  const double root_two_pi = std::sqrt(2 * kPi);
  const double log_q = -pi2 / (8 * z2);
  if (log_q < -708) return 1;

  std::array<double, 4> sums{};
  const int terms = static_cast<int>(std::ceil(16 * z / kPi));
  for (int k = terms; k >= 1; --k) {
    const double m2 = (2.0 * k - 1) * (2.0 * k - 1), m4 = m2 * m2, m6 = m4 * m2;
    const double weight = std::exp(log_q * m2);
    sums[0] += weight;
    sums[1] += weight * (-z2 + pi2 / 4 * m2);
    sums[2] += weight *
               (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 + pi4 * (1 - 2 * z2) / 16 * m4);
    sums[3] += weight * (-30 * z6 - 90 * z8 + pi2 * (135 * z4 - 96 * z6) / 4 * m2 +
                         pi4 * (-60 * z2 + 212 * z4) / 16 * m4 + pi6 * (5 - 30 * z2) / 64 * m6);
  }
  double even2 = 0, even3 = 0;
  for (int k = terms; k >= 1; --k) {
    const double k2 = static_cast<double>(k) * k;
    const double weight = std::exp(-pi2 / (2 * z2) * k2) * k2;
    even2 += weight;
    even3 += weight * (3 * z2 - pi2 * k2);
  }
  const double k0 = sums[0] * root_two_pi / z;
  const double k1 = sums[1] * root_two_pi / (6 * z4);
  const double k2 =
      sums[2] * root_two_pi / (72 * z6 * z) - even2 * pi2 * root_two_pi / (36 * z2 * z);
  const double k3 = sums[3] * root_two_pi / (6480 * z10) + even3 * pi2 * root_two_pi / (216 * z6);
  return 1 - k0 - k1 / std::sqrt(n) - k2 / n - k3 / (n * std::sqrt(n));
}

double SmallSampleSurvival(double n, double x) {
  if (n * x * x <= 4) return 1 - MatrixPower(n, x);
  return 2 * SmirnovSurvival(x, n);
}

double LargeSampleSurvival(double n, double x) {
  const double n_x2 = n * x * x;
  if (n_x2 >= 370) return 0;
  if (n_x2 >= 2.2) return 2 * SmirnovSurvival(x, n);
  if (n <= 100'000 && n * x * std::sqrt(x) <= 1.4) return 1 - MatrixPower(n, x);
  return PelzGoodSurvival(n, x);
}

double UnclippedSurvival(double n, double x) {
  const double t = n * x;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - RubenGambino(n, x);
  if (t >= n - 1) return 2 * std::pow(1 - x, n);
  if (x >= 0.5) return 2 * SmirnovSurvival(x, n);
  return n <= 140 ? SmallSampleSurvival(n, x) : LargeSampleSurvival(n, x);
}

// log of C(n, v) d (d + v/n)^(v-1) (1 - d - v/n)^(n-v), given log n!.
long double LogSmirnovTerm(long double n, long double v, long double d,
                           long double log_n_factorial) {
  const long double up = d + v / n;
  const long double down = 1 - up;
  if (down <= 0) return v == n ? std::log(d) + (v - 1) * std::log(up) : -INFINITY;
  return log_n_factorial - std::lgamma(v + 1) - std::lgamma(n - v + 1) + std::log(d) +
         (v - 1) * std::log(up) + (n - v) * std::log(down);
}

}  // namespace

double SmirnovSurvival(double x, double n) {
  if (!(n >= 1) || std::isnan(x)) return kNaN;
  if (x <= 0) return 1;
  if (x >= 1) return 0;
  constexpr double kLargestSum = 1e6;
  if (n > kLargestSum) return std::exp(-(6 * n * x + 1) * (6 * n * x + 1) / 18 / n);
  const long double count = n, d = x;
  const long double log_n_factorial = std::lgamma(count + 1);
  const auto last = static_cast<long long>(std::floor(count * (1 - d)));
  long double sum = 0;
  for (long long v = 0; v <= last; ++v) {
    sum += std::exp(LogSmirnovTerm(count, static_cast<long double>(v), d, log_n_factorial));
  }
  return std::min(1.0, static_cast<double>(sum));
}

double KolmogorovSurvival(double x, double n) {
  if (!(n >= 1) || std::isnan(x)) return kNaN;
  if (x >= 1) return 0;
  if (x <= 0) return 1;
  return std::clamp(UnclippedSurvival(n, x), 0.0, 1.0);
}

}  // namespace yard::stats
