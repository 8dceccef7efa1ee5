#include "codec/marks/styles.h"

#include <algorithm>
#include <charconv>

#include "codec/marks/text_bytes.h"
#include "codec/marks/xml_copy.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view no_styles =
    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
    "<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/>"
    "</fill></fills><borders count=\"1\"><border/></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    "<cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" "
    "xfId=\"0\"/></cellXfs></styleSheet>";

// As the standard orders them: a section that a workbook lacks has its place.
constexpr std::string_view sections[] = {"numFmts",    "fonts", "fills",       "borders", "cellStyleXfs", "cellXfs",
                                         "cellStyles", "dxfs",  "tableStyles", "colors",  "extLst"};
constexpr std::string_view mark_colour = "FFFFC7CE";
constexpr std::uint32_t list_styles = 3;
constexpr std::string_view extended[] = {"fonts", "fills", "cellXfs"};

std::size_t rank(std::string_view section) {
  return static_cast<std::size_t>(std::find(std::begin(sections), std::end(sections), section) - std::begin(sections));
}

std::size_t number_in(std::string_view digits) {
  std::size_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string number(std::size_t value) {
  return std::to_string(value);
}

std::string fill(const std::string& p, std::string_view colour) {
  return "<" + p + "fill><" + p + "patternFill patternType=\"solid\"><" + p + "fgColor rgb=\"" + std::string(colour) +
         "\"/><" + p + "bgColor indexed=\"64\"/></" + p + "patternFill></" + p + "fill>";
}

std::string font(const std::string& p, std::string_view look, std::string_view colour) {
  return "<" + p + "font><" + p + std::string(look) + "/><" + p + "sz val=\"11\"/><" + p + "color rgb=\"" +
         std::string(colour) + "\"/><" + p + "name val=\"Calibri\"/></" + p + "font>";
}

std::string format(const std::string& p, std::size_t font, std::size_t fill) {
  return "<" + p + "xf numFmtId=\"49\" fontId=\"" + number(font) + "\" fillId=\"" + number(fill) +
         "\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><" +
         p + "alignment vertical=\"top\" wrapText=\"1\"/></" + p + "xf>";
}

std::string with_fill(std::string_view xf, std::size_t fill) {
  const std::size_t end = xf.find('>') + 1;
  return with_attribute(with_attribute(xf.substr(0, end), "fillId", number(fill)), "applyFill", "1") +
         std::string(xf.substr(end));
}

}  // namespace

Styles::Styles(std::string part, const Limits& limits)
    : part_(part.empty() ? std::string(no_styles) : std::move(part)), limits_(limits) {
  read();
  lacks_fonts_ = fonts_ == 0;
  fonts_ += lacks_fonts_ ? 1 : 0;
  lacks_fills_ = fills_ == 0;
  fills_ += lacks_fills_ ? 2 : 0;
  lacks_formats_ = formats_.empty();
  if (lacks_formats_) {
    formats_.emplace_back("<xf/>");
  }
  first_ = static_cast<std::uint32_t>(formats_.size());
}

void Styles::read() {
  TextBytes bytes(part_);
  std::string format;
  XmlCopy copy(bytes, limits_, format);
  std::string section;
  for (XmlToken token = copy.next(); token != XmlToken::done; token = copy.next()) {
    const std::size_t depth = copy.token().depth();
    const bool starts = token == XmlToken::start;
    if (starts && depth == 2) {
      section = copy.token().name();
    }
    if (starts && depth == 3) {
      fonts_ += section == "fonts" ? 1 : 0;
      fills_ += section == "fills" ? 1 : 0;
      format.clear();
    }
    copy.keep();
    if (token == XmlToken::end && depth == 2 && section == "cellXfs") {
      formats_.push_back(format);
    } else if (token == XmlToken::end && depth == 2 && section == "fills") {
      mark_fills_.push_back(format.find(mark_colour) != std::string::npos);
    }
  }
}

bool Styles::has_mark(std::uint32_t style) const {
  const std::string& xf = formats_[style];
  const std::size_t fill = number_in(attribute_of(xf.substr(0, xf.find('>') + 1), "fillId"));
  return fill < mark_fills_.size() && mark_fills_[fill];
}

std::uint32_t Styles::derived(std::uint32_t style, bool is_marked) {
  style = style < first_ ? style : 0;
  if (has_mark(style) == is_marked) {
    return style;
  }
  const auto [found, fresh] = numbers_.emplace(Derived{style, is_marked}, static_cast<std::uint32_t>(order_.size()));
  if (fresh) {
    order_.push_back({style, is_marked});
  }
  return first_ + list_styles + found->second;
}

// Fills: of marks, of the list's header. Fonts: of the list's header, of its links.
std::string Styles::added(std::string_view section, const std::string& p) const {
  if (section == "fonts") {
    return (lacks_fonts_ ? font(p, "b val=\"0\"", "FF000000") : "") + font(p, "b", "FFFFFFFF") +
           font(p, "u", "FF0563C1");
  }
  if (section == "fills") {
    const std::string plain = "<" + p + "fill><" + p + "patternFill patternType=\"none\"/></" + p + "fill>";
    return (lacks_fills_ ? plain + plain : "") + fill(p, mark_colour) + fill(p, "FFC00000");
  }
  std::string made =
      (lacks_formats_ ? formats_[0] : "") + format(p, fonts_, fills_ + 1) + format(p, 0, 0) + format(p, fonts_ + 1, 0);
  for (const Derived& one : order_) {
    made += with_fill(formats_[one.style], one.is_marked ? fills_ : 0);
  }
  return made;
}

std::string Styles::part() const {
  TextBytes bytes(part_);
  std::string made;
  XmlCopy copy(bytes, limits_, made);
  std::size_t next = 0;  // of extended
  std::string prefix;
  const auto put_missing = [&](std::size_t before) {
    for (; next < std::size(extended) && rank(extended[next]) < before; ++next) {
      const std::string name(extended[next]);
      made += "<" + prefix + name + ">" + added(name, prefix) + "</" + prefix + name + ">";
    }
  };
  for (XmlToken token = copy.next(); token != XmlToken::done; token = copy.next()) {
    const std::size_t depth = copy.token().depth();
    const std::string name(copy.token().name());
    const bool extends = next < std::size(extended) && name == extended[next];
    if (token == XmlToken::start && depth == 1) {
      prefix = prefix_of(copy.token().raw());
      copy.keep_open();
    } else if (token == XmlToken::start && depth == 2) {
      put_missing(rank(name) < std::size(sections) ? rank(name) : 0);
      if (next < std::size(extended) && name == extended[next]) {
        copy.keep_open_as(without_attribute(copy.token().raw(), "count"));
      } else {
        copy.keep();
      }
    } else {
      if (token == XmlToken::end && depth == 1 && extends) {
        made += added(name, prefix);
        ++next;
      } else if (token == XmlToken::end && depth == 0) {
        put_missing(std::size(sections));
      }
      copy.keep();
    }
  }
  return made;
}

}  // namespace rehydra::codec
