// Job: the statement that puts beside each row of a workbook without a manifest the stored row that it is about.
// Callers: settle_legacy.cpp. Shape: lead columns, line1.., c0.., x0.. (raw rows), then here, o0.. (the stored row),
// the number of stored rows that it could be, shared_here, shared_same_key, s0.. (a row that is everybody's), a0..
// (parents for new rows).
#pragma once

#include <string>

#include "importer/settle_legacy.h"

namespace rehydra::importer {

// Where the columns stand.
struct PartnerColumns {
  PartnerColumns(const Work& work, const LegacyRows& rows);

  std::size_t lines, values, own_texts, here, stored, count, shared, shared_same_key, shared_stored, parents;
};

// Fields that say which stored row is meant: the key, or the first match key that the sheet has; empty for none.
std::vector<std::size_t> partner_positions(const Work& work, const LegacyRows& rows);

std::string partners_sql(const Operation& operation, const Work& work, const LegacyRows& rows);

// The field that attached rows get their parent in; -1 for none.
int attached_field(const Work& work, const LegacyRows& rows);

}  // namespace rehydra::importer
