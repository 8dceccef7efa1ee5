// Job: the json half of codec/marks/marked_text_files.h.
// Callers: codec/marks/marked_file.cpp. Promise: see there.
#include <deque>
#include <vector>

#include "codec/json/json_cursor.h"
#include "codec/marks/error_list.h"
#include "codec/marks/marked_text_files.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view member = "errors";
constexpr std::size_t chunk_bytes = 256 << 10;

// Where in the document the new member goes.
struct Place {
  std::size_t end = 0;       // the closing brace
  std::size_t old_from = 0;  // of an old list's value; 0: there is none
  std::size_t old_to = 0;
  bool has_members = false;
};

Place find_place(std::string_view bytes, const Limits& limits) {
  Place place;
  JsonCursor cursor(bytes, limits, bytes.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  cursor.expect('{');
  if (cursor.peek() != '}') {
    place.has_members = true;
    do {
      const bool is_list = cursor.string() == member;
      cursor.expect(':');
      cursor.peek();
      const std::size_t from = cursor.at();
      cursor.skip_value();
      if (is_list) {
        place.old_from = from;
        place.old_to = cursor.at();
      }
    } while (cursor.take(','));
  }
  cursor.peek();
  place.end = cursor.at();
  cursor.expect('}');
  return place;
}

class MarkedDocument : public MarkedFile {
 public:
  MarkedDocument(std::string_view bytes, const FileErrors& errors, const Limits& limits) {
    const Place place = find_place(bytes, limits);
    list_ = list_json(errors);
    if (place.old_from != 0) {
      pieces_ = {bytes.substr(0, place.old_from), list_, bytes.substr(place.old_to)};
    } else {
      list_ = (place.has_members ? ",\n\"" : "\"") + std::string(member) + "\":" + list_;
      pieces_ = {bytes.substr(0, place.end), list_, bytes.substr(place.end)};
    }
  }

  bool next(std::string& chunk) override {
    chunk.clear();
    while (!pieces_.empty() && chunk.size() < chunk_bytes) {
      const std::string_view piece = pieces_.front().substr(0, chunk_bytes - chunk.size());
      chunk += piece;
      pieces_.front().remove_prefix(piece.size());
      if (pieces_.front().empty()) {
        pieces_.pop_front();
      }
    }
    return !chunk.empty();
  }

 private:
  std::string list_;
  std::deque<std::string_view> pieces_;
};

}  // namespace

std::unique_ptr<MarkedFile> mark_json(std::string_view bytes, const FileErrors& errors, const Limits& limits) {
  return std::make_unique<MarkedDocument>(bytes, errors, limits);
}

}  // namespace rehydra::codec
