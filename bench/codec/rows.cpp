#include "rows.h"

#include <random>

namespace bench {
namespace {

constexpr std::size_t sample_count = 4'096;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr double serial_of_2000 = 36'526;

std::string fixed(std::uint64_t value, std::size_t scale) {
  std::string digits = std::to_string(value);
  digits.insert(0, digits.size() > scale ? 0 : scale + 1 - digits.size(), '0');
  return digits.insert(digits.size() - scale, ".");
}

double serial_of(std::int64_t micros) {
  return serial_of_2000 + static_cast<double>(micros / second) / static_cast<double>(seconds_per_day);
}

class Maker {
 public:
  Sample sample() {
    Sample made;
    made.number = static_cast<std::int64_t>(pick(1'000'000));
    made.amount = fixed(pick(100'000'000), 2);
    made.amount_binary = std::stod(made.amount);
    made.rate = fixed(pick(1'000'000), 4);
    made.rate_binary = std::stod(made.rate);
    made.created = time();
    made.created_serial = serial_of(made.created);
    made.updated = time();
    made.updated_serial = serial_of(made.updated);
    made.name = word() + " " + word();
    made.name += pick(16) == 0 ? " & S\xC3\xB6hne" : "";
    made.note = word() + " " + word() + " " + word() + ", " + std::to_string(pick(10'000));
    made.active = pick(3) != 0;
    return made;
  }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::int64_t time() {
    constexpr std::int64_t days = 5 * 365;
    return (8'036 * seconds_per_day + static_cast<std::int64_t>(pick(days * seconds_per_day))) * second;
  }
  std::string word() {
    const char* const words[] = {"Account", "Renewal",  "North",  "Invoice", "Quarter", "Health",  "review",
                                 "open",    "customer", "usage",  "segment", "Berlin",  "revenue", "upsell",
                                 "contact", "risk",     "margin", "plan",    "support", "ticket"};
    return words[pick(std::size(words))];
  }

  std::mt19937_64 random_{7};
};

}  // namespace

const std::array<const char*, columns> headers = {"ID",      "Number", "Amount", "Rate",  "Created",
                                                  "Updated", "Name",   "Note",   "Active"};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> made = [] {
    std::vector<Sample> all;
    Maker maker;
    for (std::size_t i = 0; i < sample_count; ++i) {
      all.push_back(maker.sample());
    }
    return all;
  }();
  return made;
}

}  // namespace bench
