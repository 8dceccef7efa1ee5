// Job: deflate a sheet's rows by what is known of them: matches come from the row matcher, and a block goes on for as
// long as its code suits, so that a reader builds few tables.
// Callers: codec/deflate.cpp.
// Promise: see codec/deflate.h; how the bytes are cut makes no difference. A sheet that starts with long texts is left
// to ISA-L where it is, which is better at them, and to which the cuts do make one.
#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "codec/deflate.h"
#include "codec/row_matcher.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t window = 256U << 10;
constexpr std::size_t slide = 192U << 10;     // a multiple of 65,536, see RowMatcher::run()
constexpr std::size_t look_ahead = 1'024;     // left for the next run, so that no cell is cut in two
constexpr std::size_t weighed_every = 4;      // runs, and a part of so many of what they found
constexpr std::uint64_t worth_changing = 64;  // a code that saves less than one bit of so many is not worth a new table
constexpr std::size_t much_text = 4;          // one byte of so many

static_assert(window - slide >= farthest_match + look_ahead);

class RowEngine final : public DeflateEngine {
 public:
  void start() override {
    size_ = said_ = runs_ = 0;
    texts_ = false;
    code_.reset();
    out_ = BitWriter();
    matcher_.forget();
  }

  void run(std::string_view bytes, bool last, std::string& to) override {
    while (!bytes.empty() && !texts_) {
      const std::size_t taken = std::min(bytes.size(), window - size_);
      std::memcpy(window_.data() + size_, bytes.data(), taken);
      size_ += taken;
      bytes.remove_prefix(taken);
      if (size_ == window) {
        say(size_ - look_ahead, to);
        std::memmove(window_.data(), window_.data() + slide, size_ - slide);
        size_ -= slide;
        said_ -= slide;
      }
    }
    if (last && !texts_) {
      say(size_, to);
    }
    if (texts_) {
      for_texts_->run(bytes, last, to);
    } else if (last) {
      finish(to);
    }
  }

 private:
  void say(std::size_t stop, std::string& to) {
    std::memset(window_.data() + size_, 0, MatchedBytes::zeros);
    const char* const begin = window_.data();
    const char* const from = begin + said_;
    said_ = static_cast<std::size_t>(matcher_.run({begin, from, begin + stop, begin + size_}) - begin);
    if (runs_ == 0 && for_texts_ && matcher_.long_text_bytes() > size_ / much_text) {
      texts_ = true;
      for_texts_->start();
      for_texts_->run({begin, size_}, false, to);
      return;
    }
    out_.start_at(packed_.get());
    if (runs_++ % weighed_every == 0) {
      weigh(from);
    }
    code_->write(out_, from, matcher_.found());
    hand_over(to);
  }

  // A new block where another code is worth it for what was found.
  void weigh(const char* from) {
    SymbolCounts counts;
    const std::span<const Sequence> found = matcher_.found();
    counts.add(from, found.first(code_ ? found.size() / weighed_every : found.size()));
    const DeflateCode better(counts);
    if (code_) {
      const std::uint64_t bits = code_->bits_for(counts);
      if (bits - bits / worth_changing <= better.bits_for(counts)) {
        return;
      }
      code_->end_block(out_);
    }
    code_ = better;
    code_->begin_block(out_);
  }

  void finish(std::string& to) {
    constexpr std::uint64_t last_and_fixed = 0b011;
    out_.start_at(packed_.get());
    code_->end_block(out_);
    out_.put(last_and_fixed, 3);
    out_.put(0, 7);  // its end
    out_.fill_byte();
    hand_over(to);
  }

  void hand_over(std::string& to) { to.append(packed_.get(), static_cast<std::size_t>(out_.end() - packed_.get())); }

  std::vector<char> window_ = std::vector<char>(window + MatchedBytes::zeros);
  std::size_t size_ = 0;  // of the window
  std::size_t said_ = 0;
  std::size_t runs_ = 0;
  RowMatcher matcher_{window};
  std::optional<DeflateCode> code_;
  BitWriter out_;
  static constexpr std::size_t packed_bytes =
      DeflateCode::most_bytes_per_byte * window + DeflateCode::most_header_bytes;
  std::unique_ptr<char[]> packed_ = std::make_unique_for_overwrite<char[]>(packed_bytes);
  std::unique_ptr<DeflateEngine> for_texts_ = make_isal_engine();
  bool texts_ = false;  // they are its
};

}  // namespace

std::unique_ptr<DeflateEngine> make_row_engine() {
  return std::make_unique<RowEngine>();
}

}  // namespace rehydra::codec
