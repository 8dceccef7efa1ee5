// Job: see the header.
#include "importer/plan_rows.h"

namespace rehydra::importer {

PlanRows::PlanRows(std::unique_ptr<pg::Store> rows) : store_(std::move(rows)) {}

PlanRows::PlanRows(std::unique_ptr<pg::Store> inserted, std::size_t fields, std::string mask)
    : store_(std::move(inserted)), mask_(std::move(mask)) {
  head_ = "(SELECT e.r, e.sheet, e.line, 'I'::pg_catalog.\"char\" AS action, '" + *mask_ + "'::pg_catalog.text AS mask";
  for (const char* prefix : {", e.n", ", e.o"}) {
    for (std::size_t i = 0; i < fields; ++i) {
      head_ += prefix + std::to_string(i);
    }
  }
  head_ += " FROM ";
  tail_ = " e)";
}

const std::string* PlanRows::only_action() const {
  static const std::string insert = "I";
  return mask_ ? &insert : store_->facts("action").only_text();
}

const std::string* PlanRows::only_mask() const {
  return mask_ ? &*mask_ : store_->facts("mask").only_text();
}

}  // namespace rehydra::importer
