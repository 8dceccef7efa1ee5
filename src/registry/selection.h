// Job: rows that a call picks by their keys, and all rows below them: {"accounts": ["EXT-1", 17]}.
// Callers: the exporter (what goes out) and the importer (what may change), as the acting role, on one snapshot.
// Shape: a data set's list holds keys: a value (the primary key, else the match keys of one column in turn), or an
// object
// {"column": value, ...}. A row is below a picked one where any of its references leads to it or to a row below it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "pg/store.h"
#include "registry/tenancy.h"

namespace rehydra::registry {

// Rows of a data set somewhere: the table's, or a file's on its way in.
struct RowsOf {
  std::string from;                       // SQL behind FROM, with its conditions
  std::function<std::string(int)> value;  // SQL of a column of the data set; empty where it has none
  std::string number = {};                // SQL of the number of a file's row; empty for stored rows
  bool stored() const noexcept { return number.empty(); }
};

// Row `alias` of the data set's table.
RowsOf stored_row(const Dataset& dataset, const std::string& alias);

class Selection {
 public:
  // name: tells the stores of several selections apart; asks: a caller's, which names rows. Failure(bad_argument)
  // naming what is not understood.
  Selection(const Model& model, const std::string& json, std::string name, bool asks = true);

  // The data set is named, or below one that is.
  bool covers(int dataset) const;
  // Adds the rows that are picked or below picked ones. Parents first; stored rows of all data sets before others.
  void take(const Tenant& tenant, int dataset, const RowsOf& rows);
  void take_stored(const Tenant& tenant);
  // The same for rows below alone; true where there were more. Needed until there are none where circular().
  bool take_below(const Tenant& tenant, int dataset, const RowsOf& rows);
  bool circular() const;
  // No reference of the data set leads to itself or to a covered one that comes after it.
  bool parents_come_first(int dataset) const;
  // What was selected can be named in SQL: until withdraw(), which has to come before the end of the Spi connection.
  void publish();
  void withdraw();
  // Adds all of these rows, whatever the call named.
  void take_all(const Tenant& tenant, int dataset, const RowsOf& rows);
  // SQL: a row with this key, or number, is selected.
  std::string has(int dataset, const RowsOf& row) const;
  // What is selected of a data set: a relation for FROM, its columns, and the SQL of one of them over alias k.
  const std::string& selected(int dataset) const { return parts_.at(dataset).selected->name(); }
  const std::vector<int>& columns(int dataset) const { return parts_.at(dataset).columns; }
  static std::string value(int column);
  std::vector<int> named_datasets() const;
  // The texts that the call gives for a column, as one of a bare key's or by name.
  std::vector<std::string> named(int dataset, int column) const;
  // Failure(bad_argument) naming a key that no row was found for.
  void require_all_found() const;
  // {"accounts": [{"account_id": "17"}]}: by the primary keys of the stored rows that were found.
  std::string found_json() const;

 private:
  struct Item {
    std::vector<int> columns;  // empty: a value, whose column is not named
    std::vector<std::string> texts;
    std::vector<int> found_by;  // the columns that a row was found by; empty: none was
  };
  struct Part {
    std::vector<Item> items;
    std::vector<int> columns;  // that selected holds: the key's, and those that references lead to
    std::unique_ptr<pg::Store> selected;
    std::vector<std::vector<std::pair<int, std::string>>> keys;  // of the rows that items found: column, text
    std::set<std::vector<std::pair<int, std::string>>> known;    // the same
  };

  void read_items(int dataset, const std::string& json);
  void find_columns();
  void take_items(const Tenant& tenant, int dataset, Part& part, const RowsOf& rows);
  void take_by(const Tenant& tenant, int dataset, Part& part, const std::vector<int>& columns, const RowsOf& rows,
               std::vector<Item*> items);
  static void note_key(Part& part, const Dataset& dataset, const pg::TextRow& row);
  // SQL: a row is below a selected one; one condition a reference, since each can follow an index.
  std::vector<std::string> ways_below(int dataset, const RowsOf& rows) const;
  std::string selected_list(const Part& part, const RowsOf& rows) const;

  const Model& model_;
  std::string name_;
  bool asks_;
  std::map<int, Part> parts_;  // by data set
};

}  // namespace rehydra::registry
