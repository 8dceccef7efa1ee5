// Job: one registered model as C++ values: data sets, their columns and sheets, and how rows refer to each other.
// Callers: exporter and importer; read once at the start of an operation by load().
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pg/spi.h"
#include "pg/types.h"

namespace rehydra::registry {

enum class Role : std::uint8_t { data, own, reference, left_out };
enum class Isolation : std::uint8_t { worker, all, existing };

// A name that a column had until a moment (ISO 8601, UTC): files and snapshots of before use it.
struct Alias {
  std::string name;
  std::string until;
};

struct Column {
  std::string name;
  std::vector<Alias> aliases;
  pg::Type type;
  bool not_null = false;
  bool has_default = false;  // a default, an identity, or a generated value
  bool generated = false;    // stored generated: never exported, never written
  bool identity_always = false;
  bool secret = false;
  bool on_sheet = false;  // exported: part of the row's image
};

struct SheetColumn {
  std::string header;
  bool display = false;
  int column = -1;  // into Dataset::columns; -1 for display columns
  // display: shows parent_column of reference's row, or an SQL expression over t
  int reference = -1;
  std::string parent_column;
  std::string expression;
};

struct Sheet {
  std::string title;
  int position = 0;
  bool satellite = false;
  std::vector<SheetColumn> columns;
};

struct Reference {
  std::string name;
  std::vector<int> columns;         // into the child's columns
  int parent = -1;                  // into Model::datasets
  std::vector<int> parent_columns;  // into the parent's columns
};

// A rule of the registry beyond the table's constraints.
struct Check {
  std::string name;
  std::string expression;            // boolean, over the row's columns
  std::vector<int> columns;          // that it reads, into Dataset::columns
  std::vector<std::string> read_as;  // what it calls them: a column may have been renamed since
};

struct Dataset {
  std::string name;
  std::string schema;
  std::string table;
  Oid relation = InvalidOid;
  Role role = Role::data;
  std::vector<Column> columns;  // every live column of the table, in attnum order
  std::vector<int> key;         // into columns
  int tenant_column = -1;
  int tenant_reference = -1;  // into references
  bool shared_rows = false;
  std::vector<std::vector<int>> match_keys;
  int time_column = -1;         // when a row's matter was: what a period is about
  std::string time_expression;  // the same in SQL over row t, where no column says it
  int changed_column = -1;      // when a row was last changed
  std::vector<int> order;       // what an export orders by before the key
  std::vector<Check> checks;
  std::vector<Reference> references;
  std::vector<Sheet> sheets;  // main sheet first
  bool partitioned = false;
  // SQL: row `alias` is one of those that an export is of, where it is not of all (exporter/cut.h).
  std::function<std::string(const std::string&)> only{};

  // What many tenants refer to and none owns: readable by all, written by nobody here, guarded by no policy.
  bool belongs_to_nobody() const noexcept { return tenant_column < 0 && tenant_reference < 0; }
  std::string qualified() const { return pg::quote_qualified(schema, table); }
  // What to read, update or delete from: its own rows, not those of tables that inherit from it, which are data sets of
  // their own.
  std::string rows() const { return (partitioned ? "" : "ONLY ") + qualified(); }
  // Without a key rows are told apart by all their columns.
  bool keyless() const { return key.empty(); }
  const std::string& title() const { return sheets.front().title; }
  int column_index(const std::string& column) const;
  // The match keys that are one column, the tenant's aside, in turn.
  std::vector<int> single_match_columns() const;
  // The column that something of that moment (ISO 8601, UTC) means by this name; -1 for none.
  int column_named(const std::string& column, const std::string& moment) const;
};

struct Model {
  std::string name;
  pg::Type tenant_type;
  std::string tenant_type_name;
  Isolation isolation = Isolation::worker;
  Oid acting_role = InvalidOid;
  std::string acting_role_name;
  std::string search_path;         // schemas that policies' functions look in, quoted; empty: PostgreSQL's own alone
  std::vector<Dataset> datasets;   // in the order of their positions
  std::vector<int> parents_first;  // data and own data sets, referred-to before referring

  const Dataset* find(const std::string& dataset) const;
};

// name: empty for the only model there is. Failure(not_registered) naming the models; Failure(not_registered) or
// (unprotected) where a table is gone or another's. Renamed tables and columns are followed. Reads as the registry's
// owner; memory must live as long as the model.
Model load(const std::string& name, MemoryContext memory);

// The condition that a row of alias belongs to tenant $1 (already of the tenant's type).
std::string tenant_predicate(const Model& model, const Dataset& dataset, const std::string& alias);

// The condition that a row of alias is shared by all tenants (only for data sets with shared rows).
std::string shared_predicate(const Dataset& dataset, const std::string& alias);

// The condition that tenant $1 may refer to a row of alias: its own, or a shared one.
std::string visible_predicate(const Model& model, const Dataset& dataset, const std::string& alias);

}  // namespace rehydra::registry
