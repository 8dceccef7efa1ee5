#include "codec/marks/comments.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "codec/marks/text_bytes.h"
#include "codec/marks/xml_copy.h"
#include "core/column_name.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view author = "rehydra";
constexpr std::string_view no_comments =
    "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors/><commentList/></comments>";
constexpr std::string_view no_strict_comments =
    "<comments xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><authors/><commentList/></comments>";

CellPlace place_of(std::string_view reference) {
  CellPlace place{0, 0};
  std::size_t at = 0;
  for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z'; ++at) {
    place.second = place.second * 26 + static_cast<std::uint32_t>(reference[at] - 'A' + 1);
  }
  std::from_chars(reference.data() + at, reference.data() + reference.size(), place.first);
  return place;
}

const std::string* mark_at(const CellMarks& marks, CellPlace place) {
  const auto row = marks.find(place.first);
  if (row == marks.end()) {
    return nullptr;
  }
  const auto cell = row->second.find(place.second);
  return cell == row->second.end() ? nullptr : &cell->second;
}

// The number of our author among those of a part; nothing where it is not among them yet.
struct Authors {
  std::size_t count = 0;
  std::optional<std::size_t> ours;
};

Authors read_authors(std::string_view part, const Limits& limits) {
  Authors authors;
  std::string ignored, name;
  TextBytes bytes(part);
  XmlCopy copy(bytes, limits, ignored);
  bool inside = false;
  for (XmlToken token = copy.next(); token != XmlToken::done; token = copy.next()) {
    if (token == XmlToken::text) {
      name += inside ? copy.token().text() : std::string_view();
    } else if (copy.starts("author") && token == XmlToken::start) {
      inside = true;
      name.clear();
    } else if (copy.starts("author")) {
      inside = false;
      if (name == author) {
        authors.ours = authors.count;
      }
      ++authors.count;
    }
  }
  return authors;
}

class Marking {
 public:
  Marking(std::string_view part, const CellMarks& marks, const Limits& limits)
      : marks_(marks), authors_(read_authors(part, limits)), bytes_(part), copy_(bytes_, limits, made_.part) {}

  MarkedComments run() {
    for (XmlToken token = copy_.next(); token != XmlToken::done; token = copy_.next()) {
      if (token == XmlToken::start) {
        start();
      } else if (token == XmlToken::end) {
        end();
      } else {
        copy_.keep();
      }
    }
    return std::move(made_);
  }

 private:
  std::string our_number() const { return std::to_string(authors_.ours.value_or(authors_.count)); }

  void start() {
    const XmlTokenizer& token = copy_.token();
    if (copy_.starts("authors") || copy_.starts("commentList")) {
      prefix_ = prefix_of(token.raw());
      copy_.keep_open();
      return;
    }
    if (copy_.starts("comment")) {
      const CellPlace place = place_of(token.attribute("ref"));
      if (authors_.ours && token.attribute("authorId") == our_number()) {
        made_.removed.insert(place);
        copy_.skip_element();
        return;
      }
      theirs_ = mark_at(marks_, place);
      if (theirs_ != nullptr) {
        kept_.insert(place);
      }
    }
    if (copy_.starts("text") && theirs_ != nullptr) {
      prefix_ = prefix_of(token.raw());
      copy_.keep_open();
    } else {
      copy_.keep();
    }
  }

  void end() {
    const std::string prefix = copy_.token().raw().empty() ? prefix_ : prefix_of(copy_.token().raw());
    if (copy_.starts("authors") && !authors_.ours) {
      copy_.put("<" + prefix + "author>" + std::string(author) + "</" + prefix + "author>");
    } else if (copy_.starts("text") && theirs_ != nullptr) {
      copy_.put("<" + prefix + "r>" + text(prefix, "\n" + *theirs_) + "</" + prefix + "r>");
      theirs_ = nullptr;
    } else if (copy_.starts("commentList")) {
      put_ours(prefix);
    }
    copy_.keep();
  }

  static std::string text(const std::string& p, const std::string& said) {
    return "<" + p + "t xml:space=\"preserve\">" + escaped(said) + "</" + p + "t>";
  }

  void put_ours(const std::string& p) {
    for (const auto& [row, cells] : marks_) {
      for (const auto& [column, said] : cells) {
        if (kept_.contains({row, column})) {
          continue;
        }
        made_.drawn.insert({row, column});
        copy_.put("<" + p + "comment ref=\"" + column_name(column) + std::to_string(row) + "\" authorId=\"" +
                  our_number() + "\"><" + p + "text>" + text(p, said) + "</" + p + "text></" + p + "comment>");
      }
    }
  }

  const CellMarks& marks_;
  Authors authors_;
  TextBytes bytes_;
  MarkedComments made_;
  XmlCopy copy_;
  std::string prefix_;
  std::set<CellPlace> kept_;
  const std::string* theirs_ = nullptr;  // what is put behind the comment of a person
};

std::uint32_t number_in(std::string_view shape, std::string_view element) {
  const std::size_t at = shape.find(element);
  std::uint32_t value = UINT32_MAX;
  if (at != std::string_view::npos) {
    std::from_chars(shape.data() + at + element.size(), shape.data() + shape.size(), value);
  }
  return value;
}

// Takes out the drawings of comments that are gone.
void remove_shapes(std::string& drawing, const std::set<CellPlace>& removed) {
  constexpr std::string_view last = "</v:shape>";
  for (std::size_t at = drawing.find("<v:shape "); at != std::string::npos; at = drawing.find("<v:shape ", at)) {
    const std::size_t end = drawing.find(last, at);
    if (end == std::string::npos) {
      return;
    }
    const std::string_view shape = std::string_view(drawing).substr(at, end - at);
    const CellPlace place{number_in(shape, "<x:Row>") + 1, number_in(shape, "<x:Column>") + 1};
    if (shape.find("ObjectType=\"Note\"") != std::string_view::npos && removed.contains(place)) {
      drawing.erase(at, end + last.size() - at);
    } else {
      at = end;
    }
  }
}

std::uint32_t highest_shape(std::string_view drawing) {
  constexpr std::string_view mark = "_x0000_s";
  std::uint32_t highest = 1024;
  for (std::size_t at = drawing.find(mark); at != std::string_view::npos; at = drawing.find(mark, at + 1)) {
    if (const std::uint32_t number = number_in(drawing.substr(at), mark); number != UINT32_MAX) {
      highest = std::max(highest, number);
    }
  }
  return highest;
}

constexpr std::string_view shape_type =
    "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">"
    "<v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

// A note beside its cell, hidden until it is pointed at.
std::string shape(std::uint32_t number, CellPlace place) {
  const std::uint32_t row = place.first - 1, column = place.second - 1;
  const std::string anchor = std::to_string(column + 1) + ", 15, " + std::to_string(row == 0 ? 0 : row - 1) + ", 10, " +
                             std::to_string(column + 5) + ", 15, " + std::to_string(row + 5) + ", 4";
  return "<v:shape id=\"_x0000_s" + std::to_string(number) +
         "\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:80pt;margin-top:5pt;width:240pt;height:90pt;"
         "z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>"
         "<v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>"
         "<v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>"
         "<x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>" +
         anchor + "</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>" + std::to_string(row) + "</x:Row><x:Column>" +
         std::to_string(column) + "</x:Column></x:ClientData></v:shape>";
}

}  // namespace

MarkedComments mark_comments(std::string_view part, const CellMarks& marks, bool strict, const Limits& limits) {
  return Marking(part.empty() ? (strict ? no_strict_comments : no_comments) : part, marks, limits).run();
}

std::string draw_comments(std::string_view drawing, const MarkedComments& comments) {
  constexpr std::string_view empty =
      "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\""
      " xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\">"
      "<o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>";
  std::string made(drawing.rfind("</xml>") == std::string_view::npos ? empty : drawing);
  remove_shapes(made, comments.removed);
  std::string shapes(made.find("id=\"_x0000_t202\"") == std::string::npos ? shape_type : "");
  std::uint32_t number = highest_shape(made);
  for (const CellPlace& place : comments.drawn) {
    shapes += shape(++number, place);
  }
  return made.insert(made.rfind("</xml>"), shapes);
}

}  // namespace rehydra::codec
