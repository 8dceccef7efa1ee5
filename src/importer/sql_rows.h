// Job: stage rows anew where their values have to follow something.
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

}  // namespace rehydra::importer
