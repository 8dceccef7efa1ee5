#include "codec/marks/marked_file.h"

#include "codec/csv/csv_reader.h"
#include "codec/json/json_reader.h"
#include "codec/marks/marked_text_files.h"
#include "codec/marks/marked_workbook.h"

namespace rehydra::codec {

std::unique_ptr<MarkedFile> mark_file(std::string_view bytes, const FileErrors& errors, const Limits& limits,
                                      Cancel cancel, SpillFactory spill) {
  if (looks_like_json(bytes)) {
    return mark_json(bytes, errors, limits);
  }
  if (looks_like_csv(bytes, limits)) {
    return mark_csv(bytes, errors, limits, cancel);
  }
  return std::make_unique<MarkedWorkbook>(bytes, errors, limits, cancel, spill);
}

}  // namespace rehydra::codec
