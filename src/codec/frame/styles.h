// Job: the formats of a workbook: one for each distinct look of a column, header and overview.
// Callers: the files of this folder.
// Promise: equal looks share one style number; numbers are taken before the library writes the workbook.
#pragma once

#include <map>
#include <string>

#include "codec/frame/library.h"
#include "codec/row_target.h"
#include "codec/workbook_writer.h"

namespace rehydra::codec::frame {

struct ColumnLook {
  lxw_format* native;  // also of cells that people add
  CellStyles numbers;
};

enum class Tone : std::uint8_t { good, doubtful, bad };

class Styles {
 public:
  explicit Styles(lxw_workbook* workbook) : workbook_(workbook) {}

  ColumnLook column(const SheetColumn& column);
  lxw_format* header(bool display_only);

  lxw_format* tone(Tone tone);

  // The overview's.
  lxw_format* title();
  lxw_format* label();
  lxw_format* value();
  lxw_format* count();
  lxw_format* size();  // of a number of bytes
  lxw_format* count_header();
  lxw_format* note();
  lxw_format* link();

 private:
  struct Look {
    std::string number_format;
    bool muted = false;
    bool right = false;
    auto operator<=>(const Look&) const = default;
  };

  lxw_format* make();
  lxw_format* make_header(bool display_only);
  lxw_format* of(const Look& look);

  lxw_workbook* workbook_;
  std::map<Look, lxw_format*> formats_;
  std::map<bool, lxw_format*> headers_;
  std::map<Tone, lxw_format*> tones_;
};

}  // namespace rehydra::codec::frame
