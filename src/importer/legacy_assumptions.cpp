// Job: say what was assumed of a workbook without a manifest: once a kind and data set.
#include <algorithm>

#include "core/shown_text.h"
#include "importer/settle_legacy.h"

namespace rehydra::importer {

namespace {

constexpr struct {
  Sameness why;
  const char* words;
} same_words[] = {
    {Sameness::empty,
     "empty or zero cells that may mean what is stored (NULL, zero, an empty text or list), which was kept"},
    {Sameness::time, "times without fractions of a second that may be what is stored, which was kept"},
    {Sameness::number, "numbers with fewer digits than what is stored, which was kept"},
    {Sameness::json, "JSON written in another way than what is stored, which means the same and was kept"},
    {Sameness::text, "texts with other line ends than what is stored, which was kept"},
    {Sameness::cut, "texts that fill a cell and are the beginning of what is stored, which was kept"},
    {Sameness::formula, "formulas and error values that are stored as such texts, which were kept"},
};

void say(ErrorList& errors, const Work& work, std::uint64_t count, const char* words) {
  if (count != 0) {
    errors.warn(work.called() + ": " + words + ": " + with_thousands(count));
  }
}

bool has_zoned_times(const Work& work) {
  return std::any_of(work.fields.begin(), work.fields.end(), [&](const Field& field) {
    return field.sheet_column != 0 &&
           work.column(static_cast<std::size_t>(&field - work.fields.data())).type.column.kind ==
               ColumnClass::timestamptz;
  });
}

}  // namespace

void warn_of_assumptions(ErrorList& errors, const Work& work, const Assumptions& assumptions) {
  if (has_zoned_times(work)) {
    errors.warn(work.called() + ": times have no zone in the file and are taken for UTC");
  }
  for (const auto& same : same_words) {
    say(errors, work, assumptions.by_sameness[static_cast<std::size_t>(same.why)], same.words);
  }
  say(errors, work, assumptions.blanks, "empty cells of new and changed rows that were taken for NULL");
  say(errors, work, assumptions.zeros,
      "empty cells of new and changed rows that were taken for zero or an empty text, since NULL cannot stand there");
  say(errors, work, assumptions.cut_new, "texts of new and changed rows that fill a cell and may have been cut");
  say(errors, work, assumptions.attached, "new rows that were attached to the newest row that agrees with them");
  say(errors, work, assumptions.shared, "rows that belong to every customer (system defaults) are left out");
  say(errors, work, assumptions.shared_changed,
      "of these were edited, which changes nothing: a row of the customer's own needs an empty key");
}

}  // namespace rehydra::importer
