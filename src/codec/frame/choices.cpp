#include "codec/frame/choices.h"

#include <map>
#include <string>

#include "codec/literal.h"
#include "core/column_name.h"

namespace rehydra::codec::frame {

namespace {

constexpr lxw_row_t last_sheet_row = 1'048'575;

// As a cell of the column has it.
std::string cell_text(const std::string& value) {
  if (!needs_literal(value)) {
    return value;
  }
  std::string literal;
  append_literal(literal, value);
  return literal;
}

class Lists {
 public:
  explicit Lists(lxw_workbook* workbook) : workbook_(workbook) {}

  // The range where a list stands.
  const std::string& range_of(const std::vector<std::string>& values) {
    std::string& range = ranges_[values];
    if (range.empty()) {
      range = write(values);
    }
    return range;
  }

 private:
  std::string write(const std::vector<std::string>& values) {
    if (sheet_ == nullptr) {
      sheet_ = require(workbook_add_worksheet(workbook_, choices_sheet));
      worksheet_hide(sheet_);
    }
    const auto column = static_cast<lxw_col_t>(ranges_.size() - 1);
    lxw_row_t row = 0;
    for (const std::string& value : values) {
      check(worksheet_write_string(sheet_, row++, column, cell_text(value).c_str(), nullptr), "drawing a list");
    }
    const std::string letters = column_name(static_cast<std::uint32_t>(column) + 1);
    return std::string("=") + choices_sheet + "!$" + letters + "$1:$" + letters + "$" + std::to_string(values.size());
  }

  lxw_workbook* workbook_;
  lxw_worksheet* sheet_ = nullptr;
  std::map<std::vector<std::string>, std::string> ranges_;
};

void offer(lxw_worksheet* sheet, lxw_col_t column, std::string range) {
  lxw_data_validation rule{};
  rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
  rule.value_formula = range.data();
  std::string title = "Not one of the values";
  std::string message = "This column takes the values of its list, or nothing.";
  rule.error_title = title.data();
  rule.error_message = message.data();
  check(worksheet_data_validation_range(sheet, 1, column, last_sheet_row, column, &rule), "drawing a list");
}

}  // namespace

void offer_choices(lxw_workbook* workbook, const std::vector<lxw_worksheet*>& sheets, const WorkbookSpec& spec,
                   Moment moment) {
  Lists lists(workbook);
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const std::vector<SheetColumn>& columns = spec.sheets[i].columns;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      if (columns[column].choices.empty() || columns[column].display_only) {
        continue;
      }
      const std::string& range = lists.range_of(columns[column].choices);
      if (moment == Moment::before_rows) {
        offer(sheets[i], static_cast<lxw_col_t>(column), range);
      }
    }
  }
}

}  // namespace rehydra::codec::frame
