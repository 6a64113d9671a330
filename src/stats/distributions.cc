#include "stats/distributions.h"

#include <cmath>
#include <limits>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace yard::stats {
namespace {

// NaN and infinity instead of exceptions.
using Quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using ChiSquare = boost::math::chi_squared_distribution<double, Quiet>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using Student = boost::math::students_t_distribution<double, Quiet>;
using Beta = boost::math::beta_distribution<double, Quiet>;

}  // namespace

double ChiSquareSurvival(double x, double degrees) {
  if (std::isnan(x)) return x;
  if (std::isinf(x)) return x > 0 ? 0 : 1;
  if (x <= 0) return 1;
  return cdf(complement(ChiSquare(degrees), x));
}

double ChiSquareUpperQuantile(double tail, double degrees) {
  return quantile(complement(ChiSquare(degrees), tail));
}

double NormalSurvival(double z) {
  if (std::isnan(z)) return z;
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

double NormalUpperQuantile(double tail) { return quantile(complement(Normal(), tail)); }

double StudentSurvival(double t, double degrees) {
  if (std::isnan(t) || std::isnan(degrees)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return cdf(complement(Student(degrees), t));
}

double BetaQuantile(double p, double a, double b) { return quantile(Beta(a, b), p); }

}  // namespace yard::stats
