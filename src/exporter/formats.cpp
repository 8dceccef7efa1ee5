// Job: the table of formats.
// Callers: export_stream, rehydra_export before anything else.
#include "core/error.h"
#include "exporter/output.h"

namespace rehydra::exporter {

const Format& find_format(const std::string& name) {
  std::string known;
  for (const Format* format : {&xlsx_format, &json_format, &csv_format}) {
    if (name == format->name) {
      return *format;
    }
    known += (known.empty() ? "" : ", ") + std::string(format->name);
  }
  throw Failure(ErrorKind::bad_argument, "unknown format \"" + name + "\"", "Formats: " + known + ".");
}

}  // namespace rehydra::exporter
