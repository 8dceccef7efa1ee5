// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "pg/store_rows.h"
#include "registry/selection.h"
#include "registry/wanted_keys.h"

namespace rehydra::registry {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Failure(ErrorKind::bad_argument, message, hint);
}

constexpr const char* example = "For example {\"accounts\": [17, \"EXT-1\", {\"region\": \"EMEA\"}]}.";

std::string text_of(const std::string& dataset, const json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  refuse("the selection of \"" + dataset + "\" holds a key that is neither a text nor a number", example);
}

const Dataset& at(const Model& model, int index) {
  return model.datasets[static_cast<std::size_t>(index)];
}

const Column& column_of(const Dataset& dataset, int index) {
  return dataset.columns[static_cast<std::size_t>(index)];
}

int selectable(const Model& model, const std::string& name) {
  const Dataset* dataset = model.find(name);
  if (dataset == nullptr || (dataset->role != Role::data && dataset->role != Role::own)) {
    refuse("the selection names data set \"" + name + "\", which is not registered",
           "SELECT dataset FROM rehydra.datasets;");
  }
  return static_cast<int>(dataset - model.datasets.data());
}

std::vector<int> without_tenant(const Dataset& dataset, std::vector<int> columns) {
  columns.erase(std::remove(columns.begin(), columns.end(), dataset.tenant_column), columns.end());
  return columns;
}

// What a bare value may be: the primary key, else the match keys, where they are one column.
std::vector<int> ways_to_name(const Dataset& dataset) {
  std::vector<int> ways = without_tenant(dataset, dataset.key);
  if (ways.size() != 1) {
    ways.clear();
  }
  const std::vector<int> match_columns = dataset.single_match_columns();
  ways.insert(ways.end(), match_columns.begin(), match_columns.end());
  return ways;
}

std::string kept(int column) {
  return "k" + std::to_string(column);
}

std::string key_texts(const Dataset& dataset, const RowsOf& rows) {
  std::string texts;
  for (const int column : without_tenant(dataset, dataset.key)) {
    texts += ", (" + rows.value(column) + ")::pg_catalog.text";
  }
  return texts;
}

std::string printed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + text;
  }
  return list;
}

}  // namespace

RowsOf stored_row(const Dataset& dataset, const std::string& alias) {
  return {{}, [&dataset, alias](int column) {
            return alias + "." + pg::quote_identifier(column_of(dataset, column).name);
          }};
}

Selection::Selection(const Model& model, const std::string& text, std::string name, bool asks)
    : model_(model), name_(std::move(name)), asks_(asks) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object() || (object.empty() && asks_)) {
    refuse("a selection is a JSON object that names data sets", example);
  }
  for (const auto& [dataset, keys] : object.items()) {
    if (!keys.is_array() || keys.empty()) {
      refuse("the selection of \"" + dataset + "\" is not a list of keys", example);
    }
    read_items(selectable(model_, dataset), keys.dump());
  }
  for (bool grew = true; grew;) {
    const std::size_t before = parts_.size();
    for (const int index : model_.parents_first) {
      const auto& references = at(model_, index).references;
      if (std::any_of(references.begin(), references.end(), [&](const Reference& r) { return covers(r.parent); })) {
        parts_[index];
      }
    }
    grew = parts_.size() != before;
  }
  find_columns();
}

void Selection::read_items(int index, const std::string& keys) {
  const Dataset& dataset = at(model_, index);
  for (const json& key : json::parse(keys)) {
    Item item;
    if (key.is_object() && !key.empty()) {
      for (const auto& [column, value] : key.items()) {
        item.columns.push_back(dataset.column_index(column));
        if (item.columns.back() < 0 || column_of(dataset, item.columns.back()).secret) {
          refuse("the selection of \"" + dataset.name + "\" names column \"" + column + "\", which is not there",
                 example);
        }
        item.texts.push_back(text_of(dataset.name, value));
      }
    } else {
      item.texts.push_back(text_of(dataset.name, key));
      if (ways_to_name(dataset).empty()) {
        refuse("the rows of \"" + dataset.name + "\" have no key of one column", "Write {\"column\": value, ...}.");
      }
    }
    if (dataset.keyless()) {
      refuse("the rows of \"" + dataset.name + "\" have no key to pick them by", "Pick rows that they refer to.");
    }
    parts_[index].items.push_back(std::move(item));
  }
}

void Selection::find_columns() {
  for (auto& [index, part] : parts_) {
    const Dataset& dataset = at(model_, index);
    part.columns = without_tenant(dataset, dataset.key);
    for (const auto& [other, ignored] : parts_) {
      for (const Reference& reference : at(model_, other).references) {
        for (const int column : reference.parent == index ? reference.parent_columns : std::vector<int>()) {
          if (column != dataset.tenant_column &&
              std::find(part.columns.begin(), part.columns.end(), column) == part.columns.end()) {
            part.columns.push_back(column);
          }
        }
      }
    }
    std::vector<pg::StoreColumn> columns = {{"number", INT8OID, -1, InvalidOid}};
    for (const int column : part.columns) {
      const pg::Type& type = column_of(dataset, column).type;
      columns.push_back({kept(column), type.oid, type.typmod, type.collation});
    }
    part.selected = std::make_unique<pg::Store>(name_ + "_" + std::to_string(index), columns);
  }
}

bool Selection::covers(int dataset) const {
  return parts_.find(dataset) != parts_.end();
}

std::string Selection::selected_list(const Part& part, const RowsOf& rows) const {
  std::string list = rows.stored() ? "NULL::pg_catalog.int8" : rows.number;
  for (const int column : part.columns) {
    const std::string value = rows.value(column);
    list += ", " + (value.empty() ? "NULL" : value);
  }
  return list;
}

std::vector<std::string> Selection::ways_below(int dataset, const RowsOf& rows) const {
  std::vector<std::string> ways;
  for (const Reference& reference : at(model_, dataset).references) {
    const auto parent = parts_.find(reference.parent);
    if (parent == parts_.end()) {
      continue;
    }
    std::string same;
    bool known = true;
    for (std::size_t i = 0; i < reference.columns.size(); ++i) {
      const Column& above = column_of(at(model_, reference.parent), reference.parent_columns[i]);
      const Column& here = column_of(at(model_, dataset), reference.columns[i]);
      if (reference.parent_columns[i] == at(model_, reference.parent).tenant_column) {
        continue;  // both are the tenant's
      }
      const std::string value = rows.value(reference.columns[i]);
      known = known && !value.empty();
      same += (same.empty() ? "" : " AND ") +
              pg::equal_sql(above.type, "k." + kept(reference.parent_columns[i]), here.type, value);
    }
    if (known && !same.empty()) {
      // Stored rows are below stored ones alone: what a file says of a parent does not reach its rows in the database.
      ways.push_back("EXISTS (SELECT FROM " + parent->second.selected->name() + " k WHERE " + same +
                     (rows.stored() ? " AND k.number IS NULL" : "") + ")");
    }
  }
  return ways;
}

std::string Selection::has(int dataset, const RowsOf& row) const {
  const Part& part = parts_.at(dataset);
  const std::vector<int> key = without_tenant(at(model_, dataset), at(model_, dataset).key);
  if (at(model_, dataset).keyless()) {
    std::string condition = "false";
    for (const std::string& way : ways_below(dataset, row)) {
      condition += " OR " + way;
    }
    return "(" + condition + ")";
  }
  std::string same;
  for (const int column : key) {
    const pg::Type& type = column_of(at(model_, dataset), column).type;
    same += (same.empty() ? "" : " AND ") + pg::equal_sql(type, "k." + kept(column), type, row.value(column));
  }
  const std::string any = "EXISTS (SELECT FROM " + part.selected->name() + " k";
  // What a file calls its rows says nothing of the stored ones that happen to have these keys.
  const std::string by_key =
      any + " WHERE " + (row.stored() ? "k.number IS NULL" : "true") + (same.empty() ? "" : " AND " + same) + ")";
  return row.stored() ? by_key : "(" + any + " WHERE k.number = " + row.number + ") OR " + by_key + ")";
}

void Selection::take(const Tenant& tenant, int dataset, const RowsOf& rows) {
  Part& part = parts_.at(dataset);
  part.selected->publish();
  if (at(model_, dataset).keyless()) {
    return;  // nothing refers to them, and what they refer to tells which they are
  }
  take_items(tenant, dataset, part, rows);
  take_below(tenant, dataset, rows);
}

// Adds rows that refer to selected ones; a table that refers to itself, or tables to each other, need it again.
bool Selection::take_below(const Tenant& tenant, int dataset, const RowsOf& rows) {
  Part& part = parts_.at(dataset);
  if (at(model_, dataset).keyless()) {
    return false;
  }
  const std::uint64_t before = part.selected->rows();
  const std::string fresh = " AND NOT (" + has(dataset, rows) + ")";
  for (const std::string& way : ways_below(dataset, rows)) {
    pg::append_rows(*part.selected,
                    "SELECT " + selected_list(part, rows) + " FROM " + rows.from + " AND " + way + fresh,
                    tenant.args());
    part.selected->publish();
  }
  return part.selected->rows() != before;
}

bool Selection::parents_come_first(int dataset) const {
  const auto& order = model_.parents_first;
  const auto place = std::find(order.begin(), order.end(), dataset);
  const auto& references = at(model_, dataset).references;
  return std::none_of(references.begin(), references.end(), [&](const Reference& reference) {
    return covers(reference.parent) && std::find(order.begin(), place, reference.parent) == place;
  });
}

bool Selection::circular() const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const auto& part) { return !parents_come_first(part.first); });
}

void Selection::take_all(const Tenant& tenant, int dataset, const RowsOf& rows) {
  Part& part = parts_.at(dataset);
  pg::append_rows(*part.selected, "SELECT " + selected_list(part, rows) + " FROM " + rows.from, tenant.args());
  part.selected->publish();
}

void Selection::publish() {
  for (auto& [index, part] : parts_) {
    part.selected->publish();
  }
}

void Selection::withdraw() {
  for (auto& [index, part] : parts_) {
    part.selected->withdraw();
  }
}

void Selection::take_stored(const Tenant& tenant) {
  publish();
  for (std::uint64_t before = 0, after = 1; before != after;) {
    before = after;
    after = 1;
    for (const int index : model_.parents_first) {
      if (!covers(index)) {
        continue;
      }
      const Dataset& dataset = at(model_, index);
      RowsOf rows = stored_row(dataset, "t");
      rows.from = dataset.rows() + " t WHERE " + tenant_predicate(model_, dataset, "t");
      take(tenant, index, rows);
      after += parts_.at(index).selected->rows();
    }
  }
}

// All keys that are looked for in the same columns at once.
void Selection::take_items(const Tenant& tenant, int dataset, Part& part, const RowsOf& rows) {
  const auto is_open = [&](const Item& item) { return !rows.stored() || item.found_by.empty(); };
  std::map<std::vector<int>, std::vector<Item*>> by_columns;
  for (Item& item : part.items) {
    if (!item.columns.empty() && is_open(item)) {
      by_columns[item.columns].push_back(&item);
    }
  }
  for (const auto& [columns, items] : by_columns) {
    take_by(tenant, dataset, part, columns, rows, items);
  }
  for (const int way : ways_to_name(at(model_, dataset))) {
    std::vector<Item*> items;
    for (Item& item : part.items) {
      if (item.columns.empty() &&
          (item.found_by.empty() || (!rows.stored() && item.found_by == std::vector<int>{way}))) {
        items.push_back(&item);
      }
    }
    take_by(tenant, dataset, part, {way}, rows, items);
  }
}

void Selection::take_by(const Tenant& tenant, int index, Part& part, const std::vector<int>& columns,
                        const RowsOf& rows, std::vector<Item*> items) {
  const Dataset& dataset = at(model_, index);
  std::vector<KeyColumn> wanted;
  for (const int column : columns) {
    wanted.push_back({&column_of(dataset, column).type, rows.value(column)});
    if (wanted.back().value.empty()) {
      return;
    }
  }
  std::vector<std::vector<std::string>> texts;
  for (const Item* item : items) {
    texts.push_back(item->texts);
  }
  const WantedKeys keys(wanted, texts);
  if (keys.empty()) {
    return;
  }
  const std::string from = keys.from() + ", " + rows.from + " AND " + keys.same();
  const pg::Args args = tenant.args().text(keys.json());
  std::vector<std::size_t> found(items.size());
  pg::for_each_row("SELECT w.n" + key_texts(dataset, rows) + " FROM " + from, args, [&](const pg::TextRow& row) {
    const std::size_t at = keys.place(std::stoull(*row[0]));
    ++found[at];
    items[at]->found_by = columns;
    if (rows.stored()) {
      note_key(part, dataset, row);
    }
  });
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i]->columns.empty() && found[i] > 1) {
      refuse(
          "key \"" + items[i]->texts[0] + "\" of \"" + dataset.name + "\" picks " + std::to_string(found[i]) + " rows",
          "Name the row by its key: {\"column\": value}.");
    }
  }
  pg::append_rows(*part.selected, "SELECT " + selected_list(part, rows) + " FROM " + from, args);
  part.selected->publish();
}

// row: behind the first value, the key's texts.
void Selection::note_key(Part& part, const Dataset& dataset, const pg::TextRow& row) {
  const std::vector<int> columns = without_tenant(dataset, dataset.key);
  std::vector<std::pair<int, std::string>> key;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    key.emplace_back(columns[i], row[i + 1].value_or(""));
  }
  if (part.known.insert(key).second) {
    part.keys.push_back(std::move(key));
  }
}

std::string Selection::value(int column) {
  return "k." + kept(column);
}

std::vector<int> Selection::named_datasets() const {
  std::vector<int> datasets;
  for (const auto& [index, part] : parts_) {
    if (!part.items.empty()) {
      datasets.push_back(index);
    }
  }
  return datasets;
}

std::vector<std::string> Selection::named(int dataset, int column) const {
  std::vector<std::string> texts;
  const auto part = parts_.find(dataset);
  const std::vector<int> ways = ways_to_name(at(model_, dataset));
  const bool bare = std::find(ways.begin(), ways.end(), column) != ways.end();
  for (const Item& item : part == parts_.end() ? std::vector<Item>() : part->second.items) {
    for (std::size_t i = 0; i < item.columns.size(); ++i) {
      if (item.columns[i] == column) {
        texts.push_back(item.texts[i]);
      }
    }
    if (item.columns.empty() && bare) {
      texts.push_back(item.texts.front());
    }
  }
  return texts;
}

void Selection::require_all_found() const {
  for (const auto& [index, part] : parts_) {
    for (const Item& item : part.items) {
      if (item.found_by.empty()) {
        refuse("no row of \"" + at(model_, index).name + "\" has the key " + printed(item.texts),
               "Look for its key, or leave it out of the selection.");
      }
    }
  }
}

std::string Selection::found_json() const {
  json object = json::object();
  for (const auto& [index, part] : parts_) {
    const Dataset& dataset = at(model_, index);
    for (const auto& key : part.keys) {
      json row = json::object();
      for (const auto& [column, text] : key) {
        row[column_of(dataset, column).name] = text;
      }
      object[dataset.name].push_back(row);
    }
  }
  return object.dump();
}

}  // namespace rehydra::registry
