// Job: run libxlsxwriter over a specification and bring its parts back.
// Callers: the workbook writer.
// Promise: the library's workbook is freed on every path; the process's locale is never touched.
#include "codec/frame/frame.h"

#include <locale.h>
#include <unistd.h>

#include <memory>

#include "codec/frame/choices.h"
#include "codec/frame/frame_parts.h"
#include "codec/frame/memory_file.h"
#include "codec/frame/overview.h"
#include "codec/frame/overview_charts.h"
#include "codec/frame/sheet_frame.h"
#include "core/column_name.h"
#include "core/error.h"

namespace rehydra::codec::frame {
namespace {

constexpr std::int64_t start_of_1980 = 315'532'800;  // the library takes 0 as "now"

// The library prints numbers by the thread's locale; the file needs the C one.
class CLocale {
 public:
  CLocale() : own_(newlocale(LC_ALL_MASK, "C", static_cast<locale_t>(nullptr))) {
    if (own_ == static_cast<locale_t>(nullptr)) {
      throw Failure(ErrorKind::out_of_memory, "could not set up a locale");
    }
    before_ = uselocale(own_);
  }
  ~CLocale() {
    uselocale(before_);
    freelocale(own_);
  }
  CLocale(const CLocale&) = delete;
  CLocale& operator=(const CLocale&) = delete;

 private:
  locale_t own_;
  locale_t before_;
};

struct FreeWorkbook {
  void operator()(lxw_workbook* workbook) const noexcept { lxw_workbook_free(workbook); }
};
using Workbook = std::unique_ptr<lxw_workbook, FreeWorkbook>;

// The library would silently turn to another directory.
void require_writable(const std::string& directory) {
  if (!directory.empty() && access(directory.c_str(), W_OK | X_OK) != 0) {
    throw Failure(ErrorKind::io_error, "the directory for temporary files \"" + directory + "\" is not writable");
  }
}

Workbook open(const std::string& path, std::string& temporary_directory) {
  require_writable(temporary_directory);
  lxw_workbook_options options{};
  options.tmpdir = temporary_directory.empty() ? nullptr : temporary_directory.data();
  return Workbook(require(workbook_new_opt(path.c_str(), &options)));
}

void set_properties(lxw_workbook* workbook, const WorkbookSpec& spec) {
  std::string title = for_people(spec.title);
  std::string subject = for_people(spec.subject);
  std::string author = for_people(spec.author);
  std::string company = for_people(spec.company);
  std::string comments = for_people(spec.comments);
  lxw_doc_properties properties{};
  properties.title = title.data();
  properties.subject = subject.data();
  properties.author = author.data();
  properties.company = company.data();
  properties.comments = comments.data();
  properties.created = static_cast<time_t>(spec.created_unix != 0 ? spec.created_unix : start_of_1980);
  check(workbook_set_properties(workbook, &properties), "setting the workbook's properties");
}

lxw_worksheet* add_sheet(lxw_workbook* workbook, const std::string& title) {
  check(workbook_validate_sheet_name(workbook, title.c_str()), ("adding sheet \"" + for_people(title) + "\"").c_str());
  return require(workbook_add_worksheet(workbook, title.c_str()));
}

// The overview's strings come behind the sheets', whose places in the table of strings may not depend on it.
std::vector<std::vector<CellStyles>> draw_sheets(lxw_workbook* workbook, const WorkbookSpec& spec, Moment moment) {
  Styles styles(workbook);
  lxw_worksheet* overview = add_sheet(workbook, overview_title);
  std::vector<lxw_worksheet*> sheets;
  std::vector<std::vector<CellStyles>> numbers;
  for (const SheetSpec& sheet : spec.sheets) {
    if (sheet.columns.empty() || sheet.columns.size() > max_sheet_columns) {
      throw Failure(ErrorKind::bad_argument, "sheet \"" + sheet.title + "\" has no columns, or more than 16,384");
    }
    sheets.push_back(add_sheet(workbook, sheet.title));
    numbers.push_back(draw_sheet(sheets.back(), sheet, styles, moment));
  }
  offer_choices(workbook, sheets, spec, moment);
  draw_overview(overview, spec, styles);
  draw_charts(workbook, overview, spec);
  return numbers;
}

Frame draw_in(std::string temporary_directory, const WorkbookSpec& spec, Moment moment) {
  const CLocale locale;
  const MemoryFile file;
  Workbook workbook = open(file.path(), temporary_directory);
  set_properties(workbook.get(), spec);
  Frame frame;
  frame.styles = draw_sheets(workbook.get(), spec, moment);
  check(workbook_close(workbook.release()), "drawing the workbook");  // frees it in any case
  frame.parts = read_parts(file.path());
  return frame;
}

// A directory in memory is the fastest, and may be a small one.
Frame draw_at(const WorkbookSpec& spec, Moment moment) {
  const std::vector<std::string>& directories = spec.temporary_directories;
  for (std::size_t i = 0; i + 1 < directories.size(); ++i) {
    try {
      return draw_in(directories[i], spec, moment);
    } catch (const Failure&) {
      continue;  // the last one has the word
    }
  }
  return draw_in(directories.empty() ? std::string() : directories.back(), spec, moment);
}

}  // namespace

Frame draw(const WorkbookSpec& spec) {
  return draw_at(spec, Moment::before_rows);
}

std::vector<Part> redraw(const WorkbookSpec& spec) {
  return draw_at(spec, Moment::after_rows).parts;
}

std::string sheet_part_name(std::size_t sheet) {
  return "xl/worksheets/sheet" + std::to_string(sheet + 2) + ".xml";
}

bool has_header(const SheetSpec& sheet) {
  if (sheet.kind != SheetKind::hidden) {
    return sheet.kind == SheetKind::data;
  }
  for (const SheetColumn& column : sheet.columns) {
    if (!column.header.empty()) {
      return true;
    }
  }
  return false;
}

}  // namespace rehydra::codec::frame
