// Job: see the header. Number formats follow the column's class, never its values.
// Callers: the files of this folder.
// Promise: text columns are "text" to every program, so that 00123 stays 00123 when somebody edits it.
#include "codec/frame/styles.h"

namespace rehydra::codec::frame {
namespace {

constexpr lxw_color_t grey = 0xD9D9D9;        // header cells
constexpr lxw_color_t light_grey = 0xEFEFEF;  // headers of columns that an import ignores
constexpr lxw_color_t line = 0xA6A6A6;
constexpr lxw_color_t muted_text = 0x7F7F7F;
constexpr lxw_color_t link_text = 0x0563C1;
constexpr const char* text_format = "@";
constexpr const char* boolean_format = R"("TRUE";"TRUE";"FALSE")";  // LibreOffice shows 0 and 1 without it
constexpr int largest_scale = 15;

std::string decimal_format(int scale) {
  if (scale < 0 || scale > largest_scale) {
    return {};
  }
  return scale == 0 ? "#,##0" : "#,##0." + std::string(static_cast<std::size_t>(scale), '0');
}

std::string number_format(const ColumnType& type) {
  switch (type.kind) {
    case ColumnClass::integer:
      return "0";
    case ColumnClass::numeric:
      return decimal_format(type.scale);
    case ColumnClass::date:
      return "yyyy-mm-dd";
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return "yyyy-mm-dd hh:mm:ss";
    case ColumnClass::boolean:
      return boolean_format;
    case ColumnClass::floating:
      return {};
    case ColumnClass::bytea:
    case ColumnClass::text:
    case ColumnClass::other:
      break;
  }
  return text_format;
}

bool is_general(const std::string& format) {
  return format.empty();
}

std::int32_t number_of(lxw_format* format) {
  return format == nullptr ? 0 : lxw_format_get_xf_index(format);
}

}  // namespace

lxw_format* Styles::make() {
  return require(workbook_add_format(workbook_));
}

// NULL is the library's general style, number 0.
lxw_format* Styles::of(const Look& look) {
  if (is_general(look.number_format) && !look.muted && !look.right) {
    return nullptr;
  }
  const auto [found, added] = formats_.try_emplace(look, nullptr);
  if (added) {
    lxw_format* format = found->second = make();
    if (!is_general(look.number_format)) {
      format_set_num_format(format, look.number_format.c_str());
    }
    if (look.muted) {
      format_set_italic(format);
      format_set_font_color(format, muted_text);
    }
    if (look.right) {
      format_set_align(format, LXW_ALIGN_RIGHT);
    } else if (look.number_format == text_format) {
      format_set_indent(format, 1);  // keeps clear of a number to the left
    }
  }
  return found->second;
}

ColumnLook Styles::column(const SheetColumn& column) {
  const std::string format = number_format(column.type);
  const bool is_text = format == text_format;
  lxw_format* native = of({format, column.display_only, false});
  lxw_format* text = of({text_format, column.display_only, !is_text});
  return {native, {number_of(native), number_of(text)}};
}

lxw_format* Styles::make_header(bool display_only) {
  lxw_format* format = make();
  format_set_bold(format);
  format_set_bg_color(format, display_only ? light_grey : grey);
  format_set_bottom(format, LXW_BORDER_THIN);
  format_set_bottom_color(format, line);
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  format_set_indent(format, 1);
  if (display_only) {
    format_set_italic(format);
    format_set_font_color(format, muted_text);
  }
  return format;
}

lxw_format* Styles::header(bool display_only) {
  const auto [found, added] = headers_.try_emplace(display_only, nullptr);
  if (added) {
    found->second = make_header(display_only);
  }
  return found->second;
}

// The colours that spreadsheets use for good, neutral and bad.
lxw_format* Styles::tone(Tone tone) {
  lxw_format*& format = tones_[tone];
  if (format == nullptr) {
    format = make();
    format_set_bg_color(format, tone == Tone::good ? 0xC6EFCE : tone == Tone::bad ? 0xFFC7CE : 0xFFEB9C);
    format_set_font_color(format, tone == Tone::good ? 0x006100 : tone == Tone::bad ? 0x9C0006 : 0x7F6000);
  }
  return format;
}

lxw_format* Styles::title() {
  lxw_format* format = make();
  format_set_bold(format);
  format_set_font_size(format, 16);
  format_set_indent(format, 1);
  return format;
}

lxw_format* Styles::label() {
  lxw_format* format = make();
  format_set_indent(format, 1);
  format_set_font_color(format, muted_text);
  return format;
}

lxw_format* Styles::value() {
  lxw_format* format = make();
  format_set_num_format(format, text_format);
  format_set_indent(format, 1);
  return format;
}

lxw_format* Styles::count() {
  lxw_format* format = make();
  format_set_num_format(format, "#,##0");
  return format;
}

lxw_format* Styles::size() {
  lxw_format* format = make();
  format_set_num_format(format, R"([>=999950]#,##0.0,," MB";[>=1000]#,##0.0," kB";0" B")");
  return format;
}

lxw_format* Styles::count_header() {
  lxw_format* format = make_header(false);
  format_set_indent(format, 0);
  format_set_align(format, LXW_ALIGN_RIGHT);
  return format;
}

lxw_format* Styles::note() {
  lxw_format* format = make();
  format_set_font_color(format, muted_text);
  format_set_indent(format, 1);
  return format;
}

lxw_format* Styles::link() {
  lxw_format* format = make();
  format_set_indent(format, 1);
  format_set_font_color(format, link_text);
  format_set_underline(format, LXW_UNDERLINE_SINGLE);
  return format;
}

}  // namespace rehydra::codec::frame
