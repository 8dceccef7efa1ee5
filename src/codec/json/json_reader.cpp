#include "codec/json/json_reader.h"

#include <set>

#include "codec/json/json_cursor.h"
#include "codec/json/json_rows.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t rows_between_polls = 1'024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& message, std::string title = {}) {
  throw Failure(ErrorKind::bad_file, message, "Import the file that rehydra_export made, or one of its shape.",
                {std::move(title), 0, 0, {}, Container::list});
}

// Calls read(name) where the value of each member stands; it has to pass the value.
template <class Read>
void each_member(JsonCursor& cursor, const char* of, Read read) {
  std::set<std::string> names;
  std::string scratch;
  cursor.expect('{');
  if (cursor.take('}')) {
    return;
  }
  do {
    const std::string_view raw = cursor.string();
    const std::string name(cursor.has_escapes() ? cursor.decoded(raw, scratch) : raw);
    if (!names.insert(name).second) {
      refuse("member \"" + name + "\" of " + of + " stands twice");
    }
    cursor.expect(':');
    read(name);
  } while (cursor.take(','));
  cursor.expect('}');
}

struct List {
  std::string title;
  std::size_t at = 0;
};

// Where in the document what stands.
class Outline {
 public:
  Outline(std::string_view bytes, const Limits& limits, Cancel cancel) : limits_(limits), cancel_(cancel) {
    JsonCursor cursor(bytes, limits, bytes.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    each_member(cursor, "the document", [&](const std::string& name) {
      if (name == "datasets") {
        each_member(cursor, "\"datasets\"", [&](const std::string& title) { read_list(cursor, title); });
      } else {
        read_part(cursor, name);
      }
    });
    if (!cursor.ended()) {
      cursor.bad("something follows the document");
    }
    if (head.data() == nullptr || seal.data() == nullptr) {
      refuse("the document has no \"rehydra\" or no \"seal\", which say what it is");
    }
  }

  std::string_view head, seal;
  std::vector<List> lists;

 private:
  void read_part(JsonCursor& cursor, const std::string& name) {
    cursor.peek();
    const std::size_t start = cursor.at();
    cursor.skip_value();
    const std::string_view part = cursor.since(start);
    if (name != "rehydra" && name != "seal") {
      return;
    }
    if (part.size() > limits_.held_part_bytes) {
      throw Failure(ErrorKind::limit_exceeded,
                    "member \"" + name + "\" is larger than the " + std::to_string(limits_.held_part_bytes) +
                        " bytes that rehydra.max_held_part_bytes allows",
                    "Raise rehydra.max_held_part_bytes if the file comes from a source that you trust.");
    }
    (name == "seal" ? seal : head) = part;
  }

  void read_list(JsonCursor& cursor, const std::string& title) {
    if (cursor.peek() != '[') {
      refuse("the data set is no list of rows", title);
    }
    if (lists.size() == limits_.sheets) {
      throw Failure(ErrorKind::limit_exceeded,
                    "the document has more than the " + std::to_string(limits_.sheets) +
                        " data sets that rehydra.max_sheets allows",
                    "Raise rehydra.max_sheets, or export fewer data sets a file.");
    }
    lists.push_back({title, cursor.at()});
    cursor.expect('[');
    if (cursor.take(']')) {
      return;
    }
    std::size_t rows = 0;
    do {
      if (++rows % rows_between_polls == 0) {
        cancel_.poll();
      }
      cursor.skip_value();
    } while (cursor.take(','));
    cursor.expect(']');
  }

  const Limits& limits_;
  Cancel cancel_;
};

class JsonReader : public WorkbookReader {
 public:
  JsonReader(std::string_view bytes, const Limits& limits, Cancel cancel)
      : bytes_(bytes), limits_(limits), cancel_(cancel), outline_(bytes, limits_, cancel) {
    manifest_ = parse_sealed_manifest(outline_.head, outline_.seal);
    for (const List& list : outline_.lists) {
      sheets_.push_back({list.title, false});
    }
  }

  const Manifest& manifest() const noexcept { return manifest_; }
  const std::vector<SheetInfo>& sheets() const override { return sheets_; }
  bool date1904() const override { return false; }
  std::unique_ptr<RowSource> rows(std::size_t sheet) override {
    const List& list = outline_.lists.at(sheet);
    return std::make_unique<JsonRows>(bytes_, list.at, list.title, headers_of(list.title), limits_, cancel_);
  }

 private:
  std::vector<std::string> headers_of(const std::string& title) const {
    std::vector<std::string> headers;
    for (const ManifestDataset& dataset : manifest_.datasets) {
      for (const ManifestSheet& sheet : dataset.sheets) {
        if (sheet.titles.front() == title) {
          for (const ManifestColumn& column : sheet.columns) {
            headers.push_back(column.header);
          }
        }
      }
    }
    return headers;
  }

  std::string_view bytes_;
  const Limits limits_;
  Cancel cancel_;
  Outline outline_;
  Manifest manifest_;
  std::vector<SheetInfo> sheets_;
};

}  // namespace

bool looks_like_json(std::string_view bytes) noexcept {
  if (bytes.starts_with(byte_order_mark)) {
    bytes.remove_prefix(byte_order_mark.size());
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '{';
}

DescribedFile open_json(std::string_view bytes, const Limits& limits, Cancel cancel) {
  auto reader = std::make_unique<JsonReader>(bytes, limits, cancel);
  Manifest manifest = reader->manifest();
  return {std::move(reader), std::move(manifest)};
}

}  // namespace rehydra::codec
