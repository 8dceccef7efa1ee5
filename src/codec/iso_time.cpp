// Job: parse ISO 8601 text.
// Callers: the cell reader.
// Promise: no allocation, no locale.
#include "codec/iso_time.h"

#include <chrono>

namespace rehydra::codec {
namespace {

// Takes digits in a fixed shape from the front of a text; remembers whether everything fitted so far.
class Shape {
 public:
  explicit Shape(std::string_view text) : text_(text) {}

  int number(int width) {
    int value = 0;
    for (int i = 0; i < width; ++i) {
      const bool digit = !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
      fits_ &= digit;
      value = digit ? value * 10 + (text_.front() - '0') : 0;
      text_.remove_prefix(text_.empty() ? 0 : 1);
    }
    return value;
  }
  void one_of(std::string_view characters) {
    fits_ &= !text_.empty() && characters.find(text_.front()) != std::string_view::npos;
    text_.remove_prefix(text_.empty() ? 0 : 1);
  }
  bool at(char c) const { return text_.starts_with(c); }
  // Up to six digits behind a point, as millionths.
  int fraction() {
    int value = 0;
    int digits = 0;
    while (digits < 6 && !text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      value = value * 10 + number(1);
      ++digits;
    }
    fits_ &= digits > 0;
    for (; digits < 6; ++digits) {
      value *= 10;
    }
    return value;
  }
  bool ended() const { return text_.empty(); }
  bool fits() const { return fits_; }

 private:
  std::string_view text_;
  bool fits_ = true;
};

struct Clock {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

Clock take_clock(Shape& shape) {
  Clock clock;
  shape.one_of(" T");
  clock.hour = shape.number(2);
  shape.one_of(":");
  clock.minute = shape.number(2);
  shape.one_of(":");
  clock.second = shape.number(2);
  if (shape.at('.')) {
    shape.one_of(".");
    clock.micros = shape.fraction();
  }
  if (shape.at('Z')) {
    shape.one_of("Z");
  }
  return clock;
}

}  // namespace

Native parse_iso_time(std::string_view text, std::int64_t& micros) {
  using namespace std::chrono;
  Shape shape(text);
  const int year_number = shape.number(4);
  shape.one_of("-");
  const int month_number = shape.number(2);
  shape.one_of("-");
  const int day_number = shape.number(2);
  const Clock clock = shape.ended() ? Clock() : take_clock(shape);
  if (!shape.fits() || !shape.ended()) {
    return Native::other;
  }
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (year_number == 0 || !date.ok() || clock.hour > 23 || clock.minute > 59 || clock.second > 59) {
    return Native::bad;
  }
  const std::int64_t days = (sys_days(date) - sys_days(year(2000) / 1 / 1)).count();
  micros = (((days * 24 + clock.hour) * 60 + clock.minute) * 60 + clock.second) * 1'000'000 + clock.micros;
  return Native::ok;
}

}  // namespace rehydra::codec
