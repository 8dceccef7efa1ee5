#include "importer/row_filter.h"

#include <algorithm>

#include "codec/cell_reader.h"
#include "pg/spi.h"

extern "C" {
#include "utils/lsyscache.h"
}

namespace rehydra::importer {

namespace {

constexpr std::size_t longest_integer = 18;  // digits that every integer type of the file's and ours write the same

// Of other types, and where a collation calls texts of other bytes the same, only the type itself could tell.
RowFilter::Told told_by(const pg::Type& type) {
  if (type.oid == INT2OID || type.oid == INT4OID || type.oid == INT8OID) {
    return RowFilter::Told::integer;
  }
  const bool is_text = (type.oid == TEXTOID || type.oid == VARCHAROID) && pg::call([&] {
                         return !OidIsValid(type.collation) || get_collation_isdeterministic(type.collation);
                       });
  return is_text ? RowFilter::Told::text : RowFilter::Told::never;
}

bool is_plain_integer(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  return !digits.empty() && digits.size() <= longest_integer && digits.front() != '0' &&
         digits.find_first_not_of("0123456789") == std::string_view::npos;
}

// The value as the type writes it; nothing where only the type itself could tell.
std::optional<std::string> certain(const Cell& cell, RowFilter::Told told) {
  if (cell.formula || told == RowFilter::Told::never) {
    return std::nullopt;
  }
  if (told == RowFilter::Told::integer) {
    return is_plain_integer(cell.text) ? std::optional<std::string>(cell.text) : std::nullopt;
  }
  if (cell.kind != CellKind::text && cell.kind != CellKind::string) {
    return std::nullopt;
  }
  std::string scratch;
  const auto text = codec::read_text(cell, scratch);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

// A row of another number may be a selected one by its match keys.
void RowFilter::note_match_keys(const registry::Tenant& tenant, int index) {
  const registry::Dataset& dataset = model_.datasets[static_cast<std::size_t>(index)];
  for (const std::vector<int>& match_key : dataset.match_keys) {
    const auto first =
        std::find_if(match_key.begin(), match_key.end(), [&](int column) { return column != dataset.tenant_column; });
    if (first == match_key.end()) {
      continue;
    }
    // A row that is like a selected one is like it in the first column; of the others alone many rows have the values.
    KnownValues& known = matched_[{index, *first}];
    pg::for_each_row("SELECT DISTINCT t." +
                         pg::quote_identifier(dataset.columns[static_cast<std::size_t>(*first)].name) +
                         "::pg_catalog.text FROM " + dataset.rows() + " t WHERE " +
                         registry::tenant_predicate(model_, dataset, "t") + " AND " +
                         selection_.has(index, registry::stored_row(dataset, "t")),
                     tenant.args(), [&](const pg::TextRow& row) { known.values.insert(row[0].value_or("")); });
  }
}

RowFilter::RowFilter(const registry::Model& model, const registry::Tenant& tenant, const registry::Selection& selection)
    : model_(model), selection_(selection) {
  for (const int dataset : model.parents_first) {
    if (!selection.covers(dataset)) {
      continue;
    }
    for (const int column : selection.columns(dataset)) {
      KnownValues& known = known_[{dataset, column}];
      pg::for_each_row(
          "SELECT DISTINCT " + selection.value(column) + "::pg_catalog.text FROM " + selection.selected(dataset) + " k",
          {}, [&](const pg::TextRow& row) { known.values.insert(row[0].value_or("")); });
    }
    note_match_keys(tenant, dataset);
  }
}

RowFilter::Sheet RowFilter::sheet(const Work& work, const std::vector<Slot>& slots, bool satellite) {
  Sheet sheet;
  sheet.keeps_all_ = work.dataset->keyless() || !work.matching.by_key || !selection_.parents_come_first(work.index);
  sheet.columns_.resize(slots.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const int column = work.fields[slots[slot].field].column;
    Sheet::Column& watched = sheet.columns_[slot];
    watched.told = told_by(work.column(slots[slot].field).type);
    const auto own = known_.find({work.index, column});
    const bool is_key = work.fields[slots[slot].field].is_key;
    if (own != known_.end()) {
      watched.own = satellite ? nullptr : &own->second;
      if (is_key) {
        watched.any_of.push_back(&own->second);
      }
    }
    if (satellite) {
      continue;  // its rows go with those of the main sheet
    }
    for (const registry::Reference& reference : work.dataset->references) {
      for (std::size_t i = 0; i < reference.columns.size(); ++i) {
        const auto above = known_.find({reference.parent, reference.parent_columns[i]});
        if (reference.columns[i] == column && above != known_.end()) {
          watched.any_of.push_back(&above->second);
        }
      }
    }
    if (const auto match = matched_.find({work.index, column}); match != matched_.end()) {
      watched.any_of.push_back(&match->second);
    }
    if (std::vector<std::string> named = selection_.named(work.index, column); !named.empty()) {
      named_.push_back(std::make_unique<KnownValues>());
      named_.back()->values.insert(named.begin(), named.end());
      watched.any_of.push_back(named_.back().get());
    }
  }
  return sheet;
}

bool RowFilter::Sheet::wants(const Row& row, const std::vector<int>& by_cell) const {
  if (keeps_all_) {
    return true;
  }
  for (const Cell& cell : row.cells) {
    const int slot = cell.column < by_cell.size() ? by_cell[cell.column] : -1;
    if (slot < 0 || columns_[static_cast<std::size_t>(slot)].any_of.empty()) {
      continue;
    }
    const Column& column = columns_[static_cast<std::size_t>(slot)];
    const std::optional<std::string> value = certain(cell, column.told);
    for (const KnownValues* known : column.any_of) {
      if (!value || !known->all || known->values.find(*value) != known->values.end()) {
        return true;
      }
    }
  }
  return false;
}

void RowFilter::Sheet::note(const Row& row, const std::vector<int>& by_cell) {
  for (const Cell& cell : row.cells) {
    const int slot = cell.column < by_cell.size() ? by_cell[cell.column] : -1;
    KnownValues* own = slot < 0 ? nullptr : columns_[static_cast<std::size_t>(slot)].own;
    if (own == nullptr || cell.kind == CellKind::blank) {
      continue;
    }
    if (const auto value = certain(cell, columns_[static_cast<std::size_t>(slot)].told)) {
      own->values.insert(*value);
    } else {
      own->all = false;
    }
  }
}

}  // namespace rehydra::importer
