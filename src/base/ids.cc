#include "base/ids.h"

#include <array>
#include <cstdint>
#include <random>

namespace yard::base {
namespace {

std::mt19937_64& Generator() {
  thread_local std::mt19937_64 generator([] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(),
                       device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }());
  return generator;
}

void AppendHex(std::string& text, uint64_t value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    text += kDigits[(value >> shift) & 0xF];
}

}  // namespace

std::string NewId(const Clock& clock) {
  const auto milliseconds = static_cast<uint64_t>(clock.Now().value);
  const uint64_t high = Generator()();
  const uint64_t low = Generator()();
  std::string id;
  id.reserve(32);
  AppendHex(id, milliseconds & 0xFFFF'FFFF'FFFF, 12);
  AppendHex(id, 0x7000 | (high & 0x0FFF), 4);
  AppendHex(id, 0x8000'0000'0000'0000 | (low & 0x3FFF'FFFF'FFFF'FFFF), 16);
  return id;
}

std::string RandomHex(int byte_count) {
  std::string text;
  for (int i = 0; i < byte_count; ++i) AppendHex(text, Generator()() & 0xFF, 2);
  return text;
}

std::string NewReadableName() {
  static constexpr std::array<std::string_view, 32> kAdjectives = {
      "amber", "brave",  "bright", "calm",  "clever", "crisp",  "eager",  "fair",
      "fleet", "gentle", "golden", "grand", "happy",  "keen",   "kind",   "lively",
      "loyal", "lucid",  "merry",  "mild",  "nimble", "noble",  "polite", "proud",
      "quick", "quiet",  "rapid",  "sharp", "smart",  "steady", "sunny",  "wise"};
  static constexpr std::array<std::string_view, 32> kAnimals = {
      "badger", "bear",  "bee",   "crane", "deer",  "dove",  "eagle", "elk",
      "finch",  "fox",   "gull",  "hare",  "hawk",  "heron", "ibis",  "jay",
      "koala",  "lark",  "lynx",  "mole",  "moose", "newt",  "otter", "owl",
      "panda",  "raven", "robin", "seal",  "shrew", "stork", "swan",  "turtle"};
  const uint64_t bits = Generator()();
  std::string name(kAdjectives[bits % kAdjectives.size()]);
  name += '-';
  name += kAnimals[(bits >> 16) % kAnimals.size()];
  name += '-' + std::to_string((bits >> 32) % 1000);
  return name;
}

}  // namespace yard::base
