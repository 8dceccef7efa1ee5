// Job: SQL that tells the rows of a data set without a key apart: by the text of all their values, and rows that are
// equal in all of them by a number among themselves, so that three copies in a file are three rows.
// Callers: plan, apply_deletes, prove. The values of a file and of the table are compared in one statement, so that
// settings do not matter but for those under which two values have the same text: set_telling_output().
#pragma once

#include <string>

#include "importer/work.h"
#include "pg/settings.h"

namespace rehydra::importer {

// Floats are not rounded, and instants have their offset: everything else is left to the session.
void set_telling_output(pg::SettingsScope& settings);

// ", <digest> AS digest, <number among equals> AS nth" of staged or planned rows (prefix "s.c", "p.n", "p.o").
std::string numbered(const Work& work, const std::string& prefix);
// The same of the table's rows.
std::string numbered_stored(const Work& work, const std::string& table_alias);

// "left.digest = right.digest AND left.nth = right.nth".
std::string same_row(const std::string& left, const std::string& right);

// The rows of the table that planned deletes mean, as a FROM item called k: relation and place of a row. Names every
// operator. Where each is told to be a row of alias t: k_is_t().
std::string doomed_rows(const registry::Model& model, const Work& work);
std::string k_is_t();

}  // namespace rehydra::importer
