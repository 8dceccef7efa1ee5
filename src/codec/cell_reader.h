// Job: what a cell means to a column of a given class. The inverse of codec/cell_writer.h.
// Promise: never throws for a bad cell, never guesses: nothing (std::nullopt) means that the cell is no such value, and
// the caller reports it with coordinates. Blank cells never arrive here: they are NULL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/cell.h"

namespace rehydra::codec {

// Number cells must be integral ("41", "41.0", "4.1E1"), text cells plain decimal digits with optional sign. Decimals
// of a document must be exactly integral.
std::optional<std::int64_t> read_integer(const Cell& cell);

// The decimal as PostgreSQL's numeric and float input take it. Number cells of more than 15 significant digits are
// rounded to 15 (what a spreadsheet shows; longer values travel as text); text cells may also be NaN, Infinity,
// -Infinity. May use scratch.
std::optional<std::string_view> read_decimal(const Cell& cell, std::string& scratch);

// Boolean cells; 1/0; yes/no/true/false/t/f/y/n in any case.
std::optional<bool> read_boolean(const Cell& cell);

// Serials, t="d" cells and plain ISO text (YYYY-MM-DD; YYYY-MM-DD[ T]HH:MM:SS[.ffffff][Z]), days / microseconds since
// 2000-01-01. Text of another shape (BC, infinity, years past 9999, offsets): Native::other, and the type's own input
// function decides. bad = it has the native shape but no such day or time exists (2024-02-30), or the cell is of a kind
// that is no time.
enum class Native : std::uint8_t { ok, other, bad };
Native read_date(const Cell& cell, bool date1904, std::int32_t& days);
Native read_timestamp(const Cell& cell, bool date1904, std::int64_t& micros);

// Text: literals decoded (codec/literal.h); a number cell gives its digits as a person sees them ("41"), a boolean TRUE
// or FALSE. An error cell (#N/A) is no text: nullopt.
std::optional<std::string_view> read_text(const Cell& cell, std::string& scratch);

// Base64 of a text cell (white space ignored, padding required); nullopt where it is not base64.
std::optional<std::string_view> read_base64(const Cell& cell, std::string& scratch);

}  // namespace rehydra::codec
