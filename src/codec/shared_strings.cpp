// Job: read, keep and find shared strings.
// Callers: the workbook reader and the sheet reader.
// Promise: each string costs its bytes and an index entry, both counted before they are kept.
#include "codec/shared_strings.h"

#include <cstring>

#include "codec/cell_scanner.h"
#include "codec/rich_text.h"
#include "codec/xml_syntax.h"

namespace rehydra::codec {
namespace {

constexpr std::uint32_t too_long_mark = UINT32_MAX;

struct SpilledEntry {
  std::uint64_t offset;
  std::uint64_t bytes;
};

}  // namespace

void SharedStrings::load(ByteSource& part) {
  XmlTokenizer xml(part, limits_);
  if (xml.next() != XmlToken::start || !xml.is_main("sst")) {
    throw Failure(ErrorKind::bad_file, "the workbook's shared strings are no such part",
                  "Open the file in a spreadsheet program and save it again.");
  }
  CellText text(limits_.cell_units);
  for (;;) {
    if (xml.main_is_default() && xml.depth() == 1) {
      std::string_view plain;
      const std::string_view window = xml.window();
      const char* at = window.data();
      const char* const end = at + window.size();
      for (const char* after;
           (after = scan_plain_string(at, end, plain)) != nullptr && plain.size() <= limits_.cell_units; at = after) {
        add(plain, false);
      }
      xml.skip(static_cast<std::size_t>(at - window.data()));
    }
    const XmlToken token = xml.next();
    if (token == XmlToken::done) {
      return;
    }
    if (token == XmlToken::start && xml.is_main("si")) {
      text.clear();
      read_rich_text(xml, text);
      add(text.text(), text.too_long());
    } else if (token == XmlToken::start) {
      skip_element(xml);
    }
  }
}

void SharedStrings::add(std::string_view text, bool too_long) {
  const std::uint32_t bytes = too_long ? too_long_mark : static_cast<std::uint32_t>(text.size());
  const std::string_view kept = too_long ? std::string_view() : text;
  const std::uint64_t needed = texts_.used() + kept.size() + (held_.size() + 1) * sizeof(Held);
  if (spilled_ > 0 || needed > limits_.shared_string_bytes) {
    add_spilled(kept, bytes);
  } else {
    held_.push_back({texts_.copy(kept).data(), bytes});
  }
}

void SharedStrings::add_spilled(std::string_view text, std::uint32_t bytes) {
  if (!spilled_texts_) {
    spilled_texts_ = make_spill_();
    spilled_index_ = make_spill_();
  }
  const SpilledEntry entry{spilled_texts_->size(), bytes};
  spilled_texts_->append(text);
  spilled_index_->append({reinterpret_cast<const char*>(&entry), sizeof(entry)});
  ++spilled_;
}

SharedStrings::Found SharedStrings::find(std::uint64_t number, TextArena& arena, std::string_view& text) {
  if (number >= size()) {
    return Found::unknown;
  }
  if (number < held_.size()) {
    const Held& held = held_[number];
    if (held.bytes == too_long_mark) {
      return Found::too_long;
    }
    text = {held.data, held.bytes};
    return Found::text;
  }
  SpilledEntry entry;
  spilled_index_->read((number - held_.size()) * sizeof(entry), reinterpret_cast<char*>(&entry), sizeof(entry));
  if (entry.bytes == too_long_mark) {
    return Found::too_long;
  }
  text = {};
  if (entry.bytes > 0) {
    char* const to = arena.room(entry.bytes);
    spilled_texts_->read(entry.offset, to, entry.bytes);
    text = {to, entry.bytes};
  }
  return Found::text;
}

}  // namespace rehydra::codec
