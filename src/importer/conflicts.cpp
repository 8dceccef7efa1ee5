#include "importer/conflicts.h"

namespace rehydra::importer {

namespace {

// The moment of the export as that type stores it: days or microseconds; times without a zone are in the session's.
std::int64_t stored_form(const std::string& moment, Oid type) {
  const std::string of_type = type == DATEOID        ? "::pg_catalog.date - DATE '2000-01-01'"
                              : type == TIMESTAMPOID ? "::pg_catalog.timestamp"
                                                     : "";
  const std::string value = "($1::pg_catalog.timestamptz" + of_type + ")";
  if (type == DATEOID) {
    return pg::query_count("SELECT " + value + "::pg_catalog.int8", pg::Args().text(moment));
  }
  const std::string epoch = type == TIMESTAMPOID ? "TIMESTAMP '2000-01-01'" : "TIMESTAMPTZ '2000-01-01 00:00:00+00'";
  return pg::query_count("SELECT (EXTRACT(epoch FROM " + value + " - " + epoch + ") * 1000000)::pg_catalog.int8",
                         pg::Args().text(moment));
}

}  // namespace

Conflicts::Conflicts(const Operation& operation, const Work& work) {
  if (operation.policy.conflicts == OnConflict::file || work.mode != Mode::merge) {
    return;
  }
  const int field = work.dataset->changed_column < 0 ? -1 : work.field_of(work.dataset->changed_column);
  if (field < 0 || operation.exported_at.empty()) {
    unknown_ = true;
    return;
  }
  const Oid type = work.column(static_cast<std::size_t>(field)).type.oid;
  if (type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID) {
    field_ = field;
    is_date_ = type == DATEOID;
    exported_at_ = stored_form(operation.exported_at, type);
  }
}

bool Conflicts::keeps_stored(const pg::Batch& joined, std::size_t row, std::size_t stored) const {
  if (field_ < 0) {
    return false;
  }
  const std::size_t at = stored + static_cast<std::size_t>(field_);
  if (joined.is_null(row, at)) {
    return false;  // never changed
  }
  const Datum value = joined.value(row, at);
  return is_date_ ? DatumGetDateADT(value) >= exported_at_ : DatumGetTimestamp(value) > exported_at_;
}

}  // namespace rehydra::importer
