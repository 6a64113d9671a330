#include "tracking/background_loop.h"

#include <future>
#include <stdexcept>

#include <gtest/gtest.h>

namespace yard::tracking {
namespace {

TEST(BackgroundLoopTest, WorksAtOnceWhenHurried) {
  std::promise<void> worked;
  BackgroundLoop loop(std::chrono::hours(1), [&worked] { worked.set_value(); });
  loop.Hurry();
  worked.get_future().wait();
}

TEST(BackgroundLoopTest, GoesOnAfterWorkThatThrows) {
  std::promise<void> first;
  std::promise<void> second;
  bool has_thrown = false;
  BackgroundLoop loop(std::chrono::milliseconds(0), [&] {
    if (has_thrown) return second.set_value();
    has_thrown = true;
    first.set_value();
    throw std::runtime_error("for the test");
  });
  loop.Notify();
  first.get_future().wait();
  loop.Notify();
  second.get_future().wait();
}

TEST(BackgroundLoopTest, StopsWithoutWorkingWhileItWaits) {
  bool has_worked = false;
  BackgroundLoop loop(std::chrono::hours(1), [&has_worked] { has_worked = true; });
  loop.Notify();
  loop.Stop();
  EXPECT_FALSE(has_worked);
  loop.Notify();
}

}  // namespace
}  // namespace yard::tracking
