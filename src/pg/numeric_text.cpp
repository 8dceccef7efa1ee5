// Job: see the header. The layout is private to the server's numeric.c, and the same in 13 to 18, as data on disk has
// to be: two bytes of sign, display scale and weight, then digits of base 10,000, the first of which counts
// 10,000^weight; without zeros in front and at the end. This is the "short" form; the others are left to the server.
#include "pg/numeric_text.h"

#include <cstring>

#include "codec/time_digits.h"

namespace rehydra::pg {

namespace {

constexpr int digits_a_group = 4;
constexpr int most_groups = 8;
constexpr int largest_weight = 4;  // below 10^20
constexpr int largest_scale = 20;

static_assert(1 + (largest_weight + 1) * digits_a_group + 1 + largest_scale + digits_a_group <= numeric_text_bytes);

struct Short {
  bool negative;
  int scale;   // digits behind the point that are shown
  int weight;  // of the first group
  int groups;
  std::uint16_t digits[most_groups];

  // Of the group that counts 10,000^of.
  std::uint32_t group(int of) const noexcept {
    const int at = weight - of;
    return at >= 0 && at < groups ? digits[at] : 0;
  }
};

bool read_short(const struct varlena* stored, Short& number) noexcept {
  if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) {
    return false;
  }
  const std::size_t size = VARSIZE_ANY_EXHDR(stored);
  if (size < sizeof(std::uint16_t) || size > sizeof(std::uint16_t) + sizeof number.digits) {
    return false;
  }
  std::uint16_t head = 0;
  std::memcpy(&head, VARDATA_ANY(stored), sizeof head);  // a value with a short header is not aligned
  if ((head & 0xC000U) != 0x8000U) {
    return false;
  }
  std::memcpy(number.digits, VARDATA_ANY(stored) + sizeof head, size - sizeof head);
  number.negative = (head & 0x2000U) != 0;
  number.scale = static_cast<int>((head & 0x1F80U) >> 7U);
  number.weight = static_cast<int>(head & 0x003FU) - ((head & 0x0040U) != 0 ? 64 : 0);
  number.groups = static_cast<int>((size - sizeof head) / sizeof number.digits[0]);
  return number.weight <= largest_weight && number.scale <= largest_scale;
}

char* put_group(char* to, std::uint32_t group) noexcept {
  return codec::put_two(codec::put_two(to, group / 100), group % 100);
}

// Without zeros in front.
char* put_first_group(char* to, std::uint32_t group) noexcept {
  const int digits = group >= 1'000 ? 4 : group >= 100 ? 3 : group >= 10 ? 2 : 1;
  return codec::put_digits(to, group, digits);
}

}  // namespace

char* put_numeric(char* to, Datum value) noexcept {
  Short number;
  if (!read_short(reinterpret_cast<const struct varlena*>(DatumGetPointer(value)), number)) {
    return nullptr;
  }
  if (number.negative) {
    *to++ = '-';
  }
  to = put_first_group(to, number.weight >= 0 ? number.group(number.weight) : 0);
  for (int of = number.weight - 1; of >= 0; --of) {
    to = put_group(to, number.group(of));
  }
  if (number.scale > 0) {
    *to++ = '.';
    char* const end = to + number.scale;
    for (int of = -1; to < end; --of) {
      to = put_group(to, number.group(of));
    }
    to = end;
  }
  return to;
}

}  // namespace rehydra::pg
