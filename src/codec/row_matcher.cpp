#include "codec/row_matcher.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/plain_text.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t least_markup = 4;
constexpr std::size_t least_head = 8;  // " s="3"><
constexpr std::size_t least_word = 6;
constexpr std::size_t least_number = 8;  // shorter ones cost less as they are
constexpr std::size_t long_text = 48;
constexpr std::size_t far = 4'096;  // from there a match costs another byte

constexpr char number_end[] = "</v></c>";
constexpr char text_end[] = "</t></is></c>";
constexpr char cell_start[] = "<c r=\"";
constexpr char row_start[] = "</row><row r=\"";

bool is_digit(char c) noexcept {
  return static_cast<unsigned char>(c - '0') < 10;
}

#ifdef __SSE2__
unsigned letters_in(const char* at) noexcept {
  const __m128i bytes = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), _mm_set1_epi8(0x20));
  const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(127 - 'z')));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpgt_epi8(shifted, _mm_set1_epi8(127 - 26))));
}
#endif

// The next byte where letters start or end.
const char* next_word(const char* at, const char* end) noexcept {
#ifdef __SSE2__
  for (; at < end; at += 31) {
    const unsigned letters = letters_in(at) | letters_in(at + 16) << 16;
    const unsigned borders = (letters ^ letters << 1) & ~1U;
    if (borders != 0) {
      return std::min(at + std::countr_zero(borders), end);
    }
  }
  return end;
#else
  const auto is_letter = [](char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; };
  for (++at; at < end && is_letter(at[-1]) == is_letter(*at); ++at) {
  }
  return at;
#endif
}

const char* first_behind_digits(const char* at) noexcept {
  while (is_digit(*at)) {
    ++at;
  }
  return at;
}

std::uint64_t eight(const char* at) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

// How many of up to 32 bytes are equal before the first difference; looks at all of them.
unsigned equal_start(const char* a, const char* b) noexcept {
#ifdef __SSE2__
  const auto equal = [](const char* x, const char* y) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(x)), _mm_loadu_si128(reinterpret_cast<const __m128i*>(y)))));
  };
  return static_cast<unsigned>(std::countr_one(equal(a, b) | equal(a + 16, b + 16) << 16));
#else
  return static_cast<unsigned>(std::mismatch(a, a + 32, b).first - a);
#endif
}

constexpr std::size_t no_column = SIZE_MAX;

// 0 for the start of a row.
std::size_t column_at(const char* at) noexcept {
  if (!starts(at, cell_start)) {
    return starts(at, row_start) ? 0 : no_column;
  }
  std::size_t column = 0;
  for (at += sizeof cell_start - 1; *at >= 'A' && *at <= 'Z'; ++at) {
    column = column * 26 + static_cast<std::size_t>(*at - 'A' + 1);
  }
  return column;
}

// An object of one run, so that what changes all the time is kept in registers.
class Walk {
 public:
  Walk(const MatchedBytes& bytes, RowMemory& memory, Sequence* found)
      : bytes_(bytes), memory_(memory), at_(bytes.from), literals_(bytes.from), found_(found) {}

  Sequence* to_stop();
  const char* at() const noexcept { return at_; }
  std::size_t long_text_bytes() const noexcept { return long_text_bytes_; }

 private:
  using Place = RowMemory::Place;

  bool cell();
  void end_of_value(std::size_t size, std::size_t distance);
  void markup(std::size_t distance, std::size_t length, int references);
  bool behind_digits(std::size_t& distance);
  void value();
  void words(const char* end);
  bool repeat(std::size_t most, std::size_t least);
  void take(std::size_t length, std::size_t distance);
  Place place(const char* at) const noexcept { return static_cast<Place>(at - bytes_.oldest); }
  std::size_t distance_to(Place before, Place here) const noexcept;
  std::size_t equal_bytes(std::size_t distance, std::size_t most) const noexcept;

  const MatchedBytes bytes_;
  RowMemory& memory_;
  const char* at_;
  const char* literals_;  // what was not said yet starts here
  Sequence* found_;
  std::size_t long_text_bytes_ = 0;
};

// Where the sequences end.
Sequence* Walk::to_stop() {
  while (at_ < bytes_.stop) {
    if (*at_ != '<' || !cell()) {
      value();
    }
  }
  if (at_ != literals_) {
    *found_++ = {static_cast<std::uint32_t>(at_ - literals_), 0, 0};
  }
  return found_;
}

// The end of a value and the markup up to the next one; false where there is no telling what comes.
bool Walk::cell() {
  const char* const start = at_;
  const bool number = starts(at_, number_end);
  const std::size_t tail = number ? sizeof number_end - 1 : starts(at_, text_end) ? sizeof text_end - 1 : 0;
  const std::size_t column = column_at(at_ + tail);
  if (column == no_column) {
    return false;
  }
  Place& last = memory_.heads[column % RowMemory::columns];
  Place& last_end = number ? memory_.number_end : memory_.text_end;
  const Place here = place(at_ + tail);
  const std::size_t distance = distance_to(last, here);
  std::size_t length = distance == 0 ? 0 : equal_bytes(distance, longest_match);
  if (length < tail) {
    end_of_value(tail, distance_to(last_end, here));
    length = distance == 0 ? 0 : equal_bytes(distance, longest_match);
  }
  last = here;
  last_end = tail == 0 ? last_end : here;
  if (length != 0) {
    markup(distance, length, column == 0 ? 2 : 1);
  }
  return at_ != start;
}

// Where it was another kind of value that stood in front of the column's last cell.
void Walk::end_of_value(std::size_t size, std::size_t distance) {
  if (distance != 0 && equal_bytes(distance, size) == size) {
    take(size, distance);
  }
}

// References differ in their last digits, and all goes on alike behind them. Behind so many of them stands a value:
// only where it was equal too, the next one is worth the look of a moment.
void Walk::markup(std::size_t distance, std::size_t length, int references) {
  for (;; --references) {
    if (length >= least_markup) {
      take(length, distance);
    } else {
      at_ += length;
    }
    if (at_[1] == '"' && at_[1 - static_cast<std::ptrdiff_t>(distance)] == '"') {
      ++at_;
    } else if (references <= 0 || !behind_digits(distance)) {
      return;
    }
    length = equal_bytes(distance, longest_match);
    if (length < least_head && repeat(longest_match, least_head)) {
      return;  // the column's cell above is of another kind
    }
  }
}

bool Walk::behind_digits(std::size_t& distance) {
  const char* const here = first_behind_digits(at_);
  const char* const there = first_behind_digits(at_ - distance);
  distance = static_cast<std::size_t>(here - there);
  if (here == at_ || here == there || *here != '"' || *there != '"' || distance > farthest_match) {
    return false;
  }
  at_ = here;
  return true;
}

void Walk::value() {
  const char* const end = find_stop(at_ + 1, bytes_.end);
  const auto size = static_cast<std::size_t>(end - at_);
  if (!starts(end, "</v")) {
    words(end);
  } else if (size >= least_number) {
    repeat(size, least_number);
  }
  at_ = end;
}

// Looked up where they start and end only.
void Walk::words(const char* end) {
  auto left = static_cast<std::size_t>(end - at_);
  long_text_bytes_ += left >= long_text ? left : 0;
  for (; left >= least_word; left = static_cast<std::size_t>(end - at_)) {
    if (!repeat(left, least_word)) {
      at_ = next_word(at_, end);
    }
  }
}

bool Walk::repeat(std::size_t most, std::size_t least) {
  constexpr std::uint64_t spread = 0x9E37'79B1'85EB'CA87U;
  const std::uint64_t start = eight(at_) & 0xFF'FFFF'FFFFU;
  Place& last = memory_.values[start * spread >> (64 - RowMemory::value_bits)];
  const std::size_t distance = distance_to(last, place(at_));
  last = place(at_);
  const std::size_t length = distance == 0 ? 0 : equal_bytes(distance, std::min(most, longest_match));
  if (length < least + (distance > far ? 1 : 0)) {
    return false;
  }
  take(length, distance);
  return true;
}

void Walk::take(std::size_t length, std::size_t distance) {
  *found_++ = {static_cast<std::uint32_t>(at_ - literals_), static_cast<std::uint16_t>(length),
               static_cast<std::uint16_t>(distance)};
  at_ += length;
  literals_ = at_;
}

// 0 where it is too far for what stands at at_.
std::size_t Walk::distance_to(Place before, Place here) const noexcept {
  const std::size_t distance = static_cast<Place>(here - before);
  const bool near = distance <= farthest_match && distance <= static_cast<std::size_t>(at_ - bytes_.oldest);
  return near ? distance : 0;
}

inline std::size_t Walk::equal_bytes(std::size_t distance, std::size_t most) const noexcept {
  most = std::min(most, static_cast<std::size_t>(bytes_.end - at_));
  const char* const before = at_ - distance;
  std::size_t equal = equal_start(at_, before);
  while (equal % 32 == 0 && equal != 0 && equal < most) {
    const unsigned more = equal_start(at_ + equal, before + equal);
    equal += more;
    if (more == 0) {
      break;
    }
  }
  return std::min(equal, most);
}

}  // namespace

RowMatcher::RowMatcher(std::size_t most_bytes)
    : found_(std::make_unique_for_overwrite<Sequence[]>(most_bytes / least_markup + 2)) {}

const char* RowMatcher::run(const MatchedBytes& bytes) {
  Walk walk(bytes, memory_, found_.get());
  count_ = static_cast<std::size_t>(walk.to_stop() - found_.get());
  long_text_bytes_ = walk.long_text_bytes();
  return walk.at();
}

}  // namespace rehydra::codec
