// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <nlohmann/json.hpp>

#include "pg/errors.h"
#include "pg/spi.h"
#include "pg/subtransaction.h"
#include "registry/wanted_keys.h"

namespace rehydra::registry {

namespace {

using Texts = std::vector<std::vector<std::string>>;

// False where the database refuses it.
bool runs(const std::string& sql, const pg::Args& args) {
  return pg::in_subtransaction(
             [&] {
               pg::query(sql, args);
               return true;
             },
             [](const pg::ServerError& error) { return !pg::must_be_raised(error.sqlstate()); }) == pg::Ending::kept;
}

// Of what a domain is over, without a length: a cast to one would cut the text.
std::string bare_name(const pg::Type& type) {
  return *pg::query_value("SELECT pg_catalog.format_type($1::pg_catalog.oid, -1)",
                          pg::Args().integer(static_cast<std::int64_t>(type.base)));
}

bool has_equality(const pg::Type& type, const std::string& name) {
  return type.column.kind != ColumnClass::other ||
         runs("SELECT FROM (SELECT NULL::" + name + " AS k) x WHERE " + pg::equal_sql(type, "x.k", type, "x.k"), {});
}

std::string json_of(const Texts& texts, std::size_t first, std::size_t last) {
  return nlohmann::json(Texts(texts.begin() + static_cast<std::ptrdiff_t>(first),
                              texts.begin() + static_cast<std::ptrdiff_t>(last)))
      .dump();
}

}  // namespace

WantedKeys::WantedKeys(const std::vector<KeyColumn>& columns, const Texts& texts) : texts_(texts) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const pg::Type& type = *columns[i].type;
    const std::string name = bare_name(type);
    const std::string number = std::to_string(i);
    const bool typed = has_equality(type, name);
    values_ += ", (e.v OPERATOR(pg_catalog.->>) " + number + ")" + (typed ? "::" + name : "") + " AS k" + number;
    same_ += (i == 0 ? "" : " AND ") + (typed ? pg::equal_sql(type, columns[i].value, type, "w.k" + number)
                                              : "(" + columns[i].value + ")::pg_catalog.text = w.k" + number);
  }
  keep_readable(0, texts.size());
  from_ =
      "(SELECT e.n" + values_ + " FROM pg_catalog.json_array_elements($2::pg_catalog.json) WITH ORDINALITY e (v, n)) w";
}

// By halves, so that a few bad ones among many cost few attempts.
void WantedKeys::keep_readable(std::size_t first, std::size_t last) {
  if (first == last) {
    return;
  }
  if (all_readable(first, last)) {
    for (std::size_t i = first; i < last; ++i) {
      kept_.push_back(texts_[i]);
      places_.push_back(i);
    }
  } else if (last - first > 1) {
    const std::size_t middle = first + (last - first) / 2;
    keep_readable(first, middle);
    keep_readable(middle, last);
  }
}

bool WantedKeys::all_readable(std::size_t first, std::size_t last) const {
  return runs("SELECT pg_catalog.count(ROW(w.*)) FROM (SELECT e.v" + values_ +
                  " FROM pg_catalog.json_array_elements($1::pg_catalog.json) e (v)) w",
              pg::Args().text(json_of(texts_, first, last)));
}

std::string WantedKeys::json() const {
  return json_of(kept_, 0, kept_.size());
}

}  // namespace rehydra::registry
