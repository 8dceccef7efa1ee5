// Job: a set of 64-bit numbers of one size: open addressing, no allocation after the first.
// Callers: store_probe.cpp, under the guard: nothing here raises or throws but the constructor and grown();
// column_facts.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rehydra::pg {

// Mixes all bits, one to one: different numbers stay different. (The finalizer of splitmix64.)
inline std::uint64_t mixed(std::uint64_t number) noexcept {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31);
}

class NumberSet {
 public:
  // bits: 2^bits places, of which at most half may be taken.
  explicit NumberSet(int bits) : places_(std::size_t{1} << bits), shift_(64 - bits) {}

  void clear() noexcept {
    std::fill(places_.begin(), places_.end(), 0);
    has_zero_ = false;
    size_ = 0;
  }
  int bits() const noexcept { return 64 - shift_; }
  // The same numbers in twice the places.
  NumberSet grown() const {
    NumberSet larger(bits() + 1);
    all([&](std::uint64_t number) { return larger.add(number); });
    return larger;
  }
  // The body has an answer for each number until one is false; that, or true.
  template <class Body>
  bool all(Body&& body) const {
    return (!has_zero_ || body(std::uint64_t{0})) &&
           std::all_of(places_.begin(), places_.end(), [&](std::uint64_t place) { return place == 0 || body(place); });
  }
  bool full() const noexcept { return size_ * 2 >= places_.size(); }
  // number: mixed. False where it is there already.
  bool add(std::uint64_t number) noexcept {
    if (number == 0) {
      return !std::exchange(has_zero_, true);
    }
    std::uint64_t& place = places_[find(number)];
    if (place == number) {
      return false;
    }
    place = number;
    ++size_;
    return true;
  }
  bool has(std::uint64_t number) const noexcept { return number == 0 ? has_zero_ : places_[find(number)] == number; }

 private:
  // Where the number stands, or would.
  std::size_t find(std::uint64_t number) const noexcept {
    std::size_t at = number >> shift_;
    while (places_[at] != 0 && places_[at] != number) {
      at = (at + 1) & (places_.size() - 1);
    }
    return at;
  }

  std::vector<std::uint64_t> places_;
  int shift_;
  std::size_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace rehydra::pg
