#include <nlohmann/json.hpp>

#include "importer/error_json.h"

#include "importer/report.h"

namespace rehydra::importer {

namespace {

using nlohmann::json;

json number_or_null(std::uint32_t number) {
  return number == 0 ? json(nullptr) : json(number);
}

// What is wrong, without the place.
std::string reason(const Error& error) {
  return error.detail.empty() ? error.message : error.message + ". " + error.detail;
}

}  // namespace

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

json error_json(const RowError& error) {
  const Location& where = error.error.where;
  return {{"sheet", text_or_null(where.sheet)},        {"cell", text_or_null(cell_of(where))},
          {"dataset", text_or_null(error.dataset)},    {"row_key", text_or_null(error.row_key)},
          {"column_name", text_or_null(error.column)}, {"value", text_or_null(error.value)},
          {"sqlstate", error_sqlstate(error)},         {"message", full_message(error)},
          {"hint", text_or_null(error.error.hint)}};
}

std::string stored_json(const json& value) {
  constexpr std::string_view nul = "u0000";
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
    if (std::string_view(text).substr(at + 1).starts_with(nul)) {
      text.replace(at + 1, nul.size(), "ufffd");
    }
  }
  return text;
}

std::string kept_errors_json(const ErrorList& errors) {
  json list = json::array();
  for (const RowError& error : errors.errors()) {
    json one = error_json(error);
    const Location& where = error.error.where;
    one["line"] = number_or_null(where.row);
    one["position"] = number_or_null(where.column);
    one["header"] = text_or_null(where.header);
    one["reason"] = reason(error.error);
    list.push_back(std::move(one));
  }
  return stored_json(list);
}

}  // namespace rehydra::importer
