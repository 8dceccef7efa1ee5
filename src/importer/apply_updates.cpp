// Job: update rows, only the columns that changed, in an order in which every unique value is free when it is taken.
#include <algorithm>

#include "importer/apply.h"
#include "importer/constraints.h"
#include "importer/few_rows.h"
#include "importer/park_rows.h"
#include "importer/update_order.h"
#include "pg/progress.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

// Statements a wave: rows whose changed columns make yet another combination are updated in all columns of the rest.
constexpr std::size_t most_groups = 16;

// A unique rule whose values the updates hand to each other.
struct Exchange {
  std::vector<std::size_t> fields;
  std::multimap<std::int64_t, std::int64_t> waits;
};

// The fields of a unique rule, the tenant's column left out; empty where the file does not give them all.
std::vector<std::size_t> rule_fields(const Work& work, const UniqueRule& rule) {
  std::vector<std::size_t> fields;
  for (int column : rule.columns) {
    const int field = work.field_of(column);
    if (field < 0 && column != work.dataset->tenant_column) {
      return {};
    }
    if (field >= 0) {
      fields.push_back(static_cast<std::size_t>(field));
    }
  }
  return fields;
}

Exchange find_exchange(const Work& work, std::vector<std::size_t> fields) {
  Exchange exchange{std::move(fields), {}};
  std::string taken, coming, stored;
  for (std::size_t field : exchange.fields) {
    const char* comma = taken.empty() ? "" : ", ";
    taken += (taken.empty() ? "" : " AND ") + work.same_field(field, "a.n" + at(field), "b.o" + at(field));
    coming += comma + std::string("b.n") + at(field);
    stored += comma + std::string("b.o") + at(field);
  }
  const std::string plan = work.plan->name();
  pg::for_each_row("SELECT a.r, b.r FROM " + plan + " a JOIN " + plan + " b ON " + taken +
                       " AND a.r <> b.r WHERE a.action = 'U' AND b.action = 'U' AND " + images_differ(coming, stored),
                   {},
                   [&](const pg::TextRow& row) { exchange.waits.emplace(std::stoll(*row[0]), std::stoll(*row[1])); });
  return exchange;
}

std::vector<Exchange> find_exchanges(const Work& work) {
  std::vector<Exchange> exchanges;
  for (const UniqueRule& rule : work.unique_rules()) {
    const std::vector<std::size_t> fields = rule_fields(work, rule);
    if (fields.empty()) {
      continue;
    }
    Exchange exchange = find_exchange(work, fields);
    if (!exchange.waits.empty()) {
      exchanges.push_back(std::move(exchange));
    }
  }
  return exchanges;
}

std::unique_ptr<pg::Store> waves_store(Work& work, const UpdateOrder& order) {
  auto store = std::make_unique<pg::Store>(
      work.next_name("waves"),
      std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}, {"wave", INT4OID, -1, InvalidOid}});
  for (const auto& [row, wave] : order.wave) {
    const Datum values[] = {Int64GetDatum(row), Int32GetDatum(wave)};
    const bool nulls[] = {false, false};
    store->append(values, nulls, 1);
  }
  store->publish();
  return store;
}

// The parked rows that hold a value of this rule.
std::unique_ptr<pg::Store> parked_store(Work& work, const UpdateOrder& order, const Exchange& exchange) {
  auto store = std::make_unique<pg::Store>(work.next_name("parked"),
                                           std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}});
  std::set<std::int64_t> holders;
  for (const auto& [row, holder] : exchange.waits) {
    if (order.parked.count(holder) != 0 && holders.insert(holder).second) {
      const Datum value = Int64GetDatum(holder);
      const bool is_null = false;
      store->append(&value, &is_null, 1);
    }
  }
  store->publish();
  return store;
}

// Rows of one statement: those of a mask, or all whose mask is none of the others.
struct Group {
  std::string columns;             // a byte a field
  std::vector<std::string> masks;  // its only one, or for the rest: those of the other groups
  bool rest = false;
  std::uint64_t rows = 0;
};

std::vector<Group> group_by_columns(const Work& work) {
  std::vector<Group> groups;
  const auto masks = pg::query("SELECT mask, count(*) FROM " + work.plan->name() +
                               " p WHERE action = 'U' GROUP BY mask ORDER BY count(*) DESC, mask");
  for (const pg::TextRow& row : masks) {
    std::string columns = *row[0];
    for (std::size_t field = 0; field < columns.size(); ++field) {
      columns[field] = work.is_late_reference(field) ? '0' : columns[field];
    }
    if (groups.size() < most_groups) {
      groups.push_back({columns, {*row[0]}, false, std::stoull(*row[1])});
      continue;
    }
    if (!groups.back().rest) {
      std::vector<std::string> named;
      for (const Group& group : groups) {
        named.push_back(group.masks.front());
      }
      groups.push_back({columns, named, true, 0});
    }
    Group& rest = groups.back();
    for (std::size_t field = 0; field < columns.size(); ++field) {
      rest.columns[field] = std::max(rest.columns[field], columns[field]);
    }
    rest.rows += std::stoull(*row[1]);
  }
  return groups;
}

std::string in_group(const Group& group, pg::Args& args) {
  std::string condition;
  for (const std::string& mask : group.masks) {
    args.text(mask);
    condition += std::string(" AND p.mask OPERATOR(pg_catalog.") + (group.rest ? "<>" : "=") + ") $" +
                 std::to_string(args.count());
  }
  return condition;
}

std::uint64_t update_group(const Operation& operation, const Work& work, const Group& group, const pg::Store* waves,
                           int wave) {
  std::string assignments;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (group.columns[field] == '1') {
      assignments +=
          (assignments.empty() ? "" : ", ") + pg::quote_identifier(work.column(field).name) + " = p.n" + at(field);
    }
  }
  std::string from = work.plan->name() + " p", when;
  if (waves != nullptr) {
    from += " LEFT JOIN " + waves->name() + " w ON w.r OPERATOR(pg_catalog.=) p.r";
    when = " AND COALESCE(w.wave, 0) OPERATOR(pg_catalog.=) " + std::to_string(wave);
  }
  pg::Args args = operation.tenant.args();
  when += in_group(group, args);
  return change(operation, work.write_checks,
                "UPDATE " + work.dataset->rows() + " t SET " + assignments + " FROM " + from + " WHERE " +
                    action_is("p", 'U') + " AND " + registry::tenant_predicate(*operation.model, *work.dataset, "t") +
                    " AND " + work.key_join("p.o", "t") +
                    among_few(work, "o", action_is("p", 'U'), work.counts.updated) + when,
                args);
}

}  // namespace

void update_rows(const Operation& operation, Work& work, Steps& steps) {
  if (work.counts.updated == 0) {
    return;
  }
  const std::vector<Exchange> exchanges = find_exchanges(work);
  std::multimap<std::int64_t, std::int64_t> waits;
  for (const Exchange& exchange : exchanges) {
    waits.insert(exchange.waits.begin(), exchange.waits.end());
  }
  const UpdateOrder order = order_updates(waits);
  const std::unique_ptr<pg::Store> waves = order.wave.empty() ? nullptr : waves_store(work, order);
  for (const Exchange& exchange : exchanges) {
    const std::unique_ptr<pg::Store> parked = parked_store(work, order, exchange);
    if (parked->rows() != 0) {
      park_rows(operation, work, exchange.fields, *parked, steps);
    }
  }
  std::vector<Group> groups = group_by_columns(work);
  // Rows that only get references which are written when all rows are there.
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [](const Group& group) { return group.columns.find('1') == std::string::npos; }),
               groups.end());
  std::uint64_t expected = 0, updated = 0;
  for (const Group& group : groups) {
    expected += group.rows;
  }
  for (int wave = 0; wave <= order.waves; ++wave) {
    for (const Group& group : groups) {
      const std::uint64_t of_group = update_group(operation, work, group, waves.get(), wave);
      pg::progress::rows(of_group);
      updated += of_group;
    }
  }
  steps.updated += updated;
  if (updated != expected) {
    throw Failure(
        ErrorKind::suppressed,
        "the database updated " + std::to_string(updated) + " rows where " + std::to_string(expected) + " were planned",
        "A trigger or rule of table " + work.dataset->qualified() + " keeps rows from being updated.",
        {work.titles.front(), 0, 0, {}});
  }
}

}  // namespace rehydra::importer
