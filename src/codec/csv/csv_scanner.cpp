#include "codec/csv/csv_scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/utf.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t least_window = 16;

[[noreturn]] void bad(const char* what, const char* hint = "Write the file with a CSV library, or export again.") {
  throw Failure(ErrorKind::bad_file, what, hint);
}

// How often each character that may part fields stands outside of quotes in the first record.
std::size_t count_outside(std::string_view text, char delimiter) {
  std::size_t count = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '\r' || c == '\n')) {
      break;
    } else if (!quoted && c == delimiter) {
      ++count;
    }
  }
  return count;
}

bool ends_record(char c) noexcept {
  return c == '\r' || c == '\n';
}

}  // namespace

CsvScanner::CsvScanner(std::unique_ptr<ByteSource> source, const Limits& limits, std::size_t window)
    : source_(std::move(source)), limits_(limits), capacity_(std::max(window, least_window)) {
  window_ = std::make_unique_for_overwrite<char[]>(capacity_);
}

bool CsvScanner::next(std::vector<std::string_view>& fields) {
  fields.clear();
  if (!started_) {
    start();
  }
  for (;;) {
    if (begin_ == end_ && source_ended_) {
      return false;
    }
    ++record_;
    while (scan_record() == Found::more) {
      refill();
    }
    begin_ = next_;
    const bool blank = found_.size() == 1 && found_[0].start == found_[0].end;
    if (!blank) {
      take_fields(fields);
      return true;
    }
  }
}

void CsvScanner::start() {
  started_ = true;
  refill();
  const std::string_view head(window_.get(), end_);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    throw Failure(ErrorKind::unsupported_file, "the file is not UTF-8 but UTF-16",
                  "Save it as \"CSV UTF-8\" (character set UTF-8).");
  }
  if (head.starts_with("\xEF\xBB\xBF")) {
    begin_ = 3;
  }
  choose_delimiter();
}

void CsvScanner::choose_delimiter() {
  const std::string_view text(window_.get() + begin_, end_ - begin_);
  std::size_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    const std::size_t count = count_outside(text, candidate);
    if (count > most) {
      most = count;
      delimiter_ = candidate;
    }
  }
}

// Reads until the window is full; a record that fills it all gets a larger one.
void CsvScanner::refill() {
  if (begin_ > 0) {
    std::memmove(window_.get(), window_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == capacity_) {
    if (capacity_ >= limits_.text_bytes) {
      throw Failure(ErrorKind::limit_exceeded,
                    "a row is longer than the " + std::to_string(limits_.text_bytes) +
                        " bytes that rehydra.max_text_bytes allows, or a quote is not closed",
                    "Close the quote, raise rehydra.max_text_bytes, or shorten the texts of the row.");
    }
    const std::size_t larger =
        std::min<std::uint64_t>(capacity_ * 2, std::max<std::uint64_t>(limits_.text_bytes, least_window));
    auto window = std::make_unique_for_overwrite<char[]>(larger);
    std::memcpy(window.get(), window_.get(), end_);
    window_ = std::move(window);
    capacity_ = larger;
  }
  const std::size_t from = end_;
  while (end_ < capacity_ && !source_ended_) {
    const std::size_t bytes = source_->read(window_.get() + end_, capacity_ - end_);
    source_ended_ = bytes == 0;
    end_ += bytes;
  }
  check_new(from);
}

void CsvScanner::check_new(std::size_t from) const {
  if (std::memchr(window_.get() + from, '\0', end_ - from) != nullptr) {
    bad("the file holds a NUL character", "Save it as \"CSV UTF-8\" (character set UTF-8).");
  }
}

CsvScanner::Found CsvScanner::scan_record() {
  found_.clear();
  std::size_t at = begin_;
  for (;;) {
    Field field;
    if (at < end_ && window_[at] == '"') {
      if (scan_quoted(at, field) == Found::more) {
        return Found::more;
      }
    } else {
      scan_bare(at, field);
    }
    if (at == end_ && !source_ended_) {
      return Found::more;
    }
    found_.push_back(field);
    if (found_.size() > limits_.columns) {
      throw Failure(
          ErrorKind::limit_exceeded,
          "a row has more than the " + std::to_string(limits_.columns) + " fields that rehydra.max_columns allows",
          "Raise rehydra.max_columns, or remove columns from the file.");
    }
    if (at < end_ && window_[at] == delimiter_) {
      ++at;
      continue;
    }
    if (at < end_ && window_[at] == '\r') {
      if (at + 1 == end_ && !source_ended_) {
        return Found::more;
      }
      ++at;
      at += at < end_ && window_[at] == '\n' ? 1 : 0;
    } else if (at < end_) {
      ++at;
    }
    next_ = at;
    return Found::record;
  }
}

CsvScanner::Found CsvScanner::scan_quoted(std::size_t& at, Field& field) {
  field.start = ++at;
  for (;;) {
    const void* quote = at < end_ ? std::memchr(window_.get() + at, '"', end_ - at) : nullptr;
    if (quote == nullptr) {
      if (source_ended_) {
        bad("a quote is not closed");
      }
      return Found::more;
    }
    at = static_cast<std::size_t>(static_cast<const char*>(quote) - window_.get()) + 1;
    if (at == end_ && !source_ended_) {
      return Found::more;
    }
    if (at == end_ || window_[at] != '"') {
      break;
    }
    field.doubled = true;
    ++at;
  }
  field.end = at - 1;
  if (at < end_ && window_[at] != delimiter_ && !ends_record(window_[at])) {
    bad("something stands behind a closing quote", "A quote inside of a field is written as two.");
  }
  return Found::record;
}

void CsvScanner::scan_bare(std::size_t& at, Field& field) const {
  field.start = at;
  while (at < end_ && window_[at] != delimiter_ && !ends_record(window_[at])) {
    if (window_[at] == '"') {
      bad("a quote stands inside of a field without quotes", "Put the field into quotes, and write its quotes twice.");
    }
    ++at;
  }
  field.end = at;
}

void CsvScanner::take_fields(std::vector<std::string_view>& fields) {
  const std::size_t start = found_.front().start;
  if (!is_utf8({window_.get() + start, found_.back().end - start})) {
    bad("a field is not UTF-8", "Save the file as \"CSV UTF-8\" (character set UTF-8).");
  }
  for (const Field& field : found_) {
    char* const from = window_.get() + field.start;
    char* const end = window_.get() + field.end;
    char* to = end;
    if (field.doubled) {
      to = from;
      for (const char* at = from; at < end; ++at) {
        at += *at == '"' ? 1 : 0;
        *to++ = *at;
      }
    }
    fields.emplace_back(from, static_cast<std::size_t>(to - from));
  }
}

}  // namespace rehydra::codec
