// Job: length and bytes of each long text, one behind the other in a spill.
// Callers: row writer and workbook writer.
// Promise: reading goes window by window.
#include "codec/long_texts.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "codec/overflow.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t window_bytes = 256U << 10;
using Length = std::uint64_t;

}  // namespace

std::uint64_t LongTexts::add(std::string_view text) {
  if (!spill_) {
    spill_ = make_spill_();
  }
  const Length length = text.size();
  spill_->append({reinterpret_cast<const char*>(&length), sizeof length});
  spill_->append(text);
  return ++count_;
}

void LongTexts::for_each_piece(const Receiver& receive) const {
  std::uint64_t offset = 0;
  for (std::uint64_t number = 1; number <= count_; ++number) {
    Length length = 0;
    spill_->read(offset, reinterpret_cast<char*>(&length), sizeof length);
    offset += sizeof length;
    read_text(number, offset, length, receive);
    offset += length;
  }
}

// Pieces are cut greedily, so the last one of a window may go on and waits for the next window.
void LongTexts::read_text(std::uint64_t number, std::uint64_t offset, std::uint64_t bytes,
                          const Receiver& receive) const {
  std::string window;
  std::uint64_t piece = 0;
  do {
    const std::size_t more = std::min<std::uint64_t>(bytes, window_bytes);
    const std::size_t kept = window.size();
    window.resize(kept + more);
    spill_->read(offset, window.data() + kept, more);
    offset += more;
    bytes -= more;
    const auto pieces = overflow_pieces(window);
    const std::size_t ready = bytes == 0 ? pieces.size() : pieces.size() - 1;
    for (std::size_t i = 0; i < ready; ++i) {
      receive(number, ++piece, pieces[i]);
    }
    window = ready < pieces.size() ? std::string(pieces.back()) : std::string();
  } while (bytes > 0);
}

}  // namespace rehydra::codec
