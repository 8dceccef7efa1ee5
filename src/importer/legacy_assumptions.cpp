// Job: say what was assumed of a workbook without a manifest: once a kind and data set.
#include "core/shown_text.h"
#include "importer/settle_legacy.h"

namespace rehydra::importer {

namespace {

constexpr struct {
  Sameness why;
  const char* words;
} same_words[] = {
    {Sameness::empty, "cells are empty or zero where NULL, zero, an empty text or an empty list may be meant: what is "
                      "stored was kept"},
    {Sameness::time, "times are cut to whole seconds: what is stored was kept"},
    {Sameness::number, "numbers have fewer digits than what is stored: that was kept"},
    {Sameness::json, "values are written in another way than the stored JSON and mean the same: that was kept"},
    {Sameness::text, "texts have other line ends than what is stored: that was kept"},
    {Sameness::cut, "texts are the beginning of what is stored, which is longer than a cell: that was kept"},
    {Sameness::formula, "formulas and error values are texts as they are stored: these were kept"},
};

void say(ErrorList& errors, const Work& work, std::uint64_t count, const char* words) {
  if (count != 0) {
    errors.warn(work.called() + ": " + with_thousands(count) + " " + words);
  }
}

}  // namespace

void warn_of_assumptions(ErrorList& errors, const Work& work, const Assumptions& assumptions) {
  for (const auto& same : same_words) {
    say(errors, work, assumptions.by_sameness[static_cast<std::size_t>(same.why)], same.words);
  }
  say(errors, work, assumptions.blanks, "empty cells of new and changed rows are imported as NULL");
  say(errors, work, assumptions.zeros,
      "empty cells of new and changed rows are imported as zero or an empty text, since NULL cannot stand there");
  say(errors, work, assumptions.cut_new, "texts of new and changed rows fill their cells, and may have been cut");
  say(errors, work, assumptions.attached, "new rows were attached to the newest row that agrees with them");
  say(errors, work, assumptions.shared, "rows belong to every customer (system defaults): left out");
  say(errors, work, assumptions.shared_changed,
      "of them were edited, which changes nothing: a row of the customer's own needs an empty key");
}

}  // namespace rehydra::importer
