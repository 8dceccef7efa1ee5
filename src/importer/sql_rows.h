// Job: stage rows anew where their values have to follow something; count those of the table; name rows by their
// numbers.
#pragma once

#include <string>

#include "importer/work.h"
#include "pg/spi.h"

namespace rehydra::importer {

// "s.r, s.sheet, ..., s.c0, ..." of a staged store, with expression instead of column c<field> where one is given.
std::string staged_select_list(const Work& work, const std::map<std::size_t, std::string>& replaced);

// Makes the staged rows anew from `SELECT staged_select_list(replaced) FROM staged s <joins>` and publishes them.
void restage(const Operation& operation, Work& work, const std::map<std::size_t, std::string>& replaced,
             const std::string& joins);

// The tenant's rows of the table, as that access sees them.
std::uint64_t count_stored_rows(const Operation& operation, const Work& work, pg::Access access);

// The condition that an SQL number (s.r) is one of these; they may be as many as the file has rows.
std::string is_among(const std::string& number, const std::vector<std::int64_t>& rows);

}  // namespace rehydra::importer
