#include <algorithm>

#include "importer/apply.h"
#include "importer/constraints.h"
#include "importer/update_order.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

std::string at(std::size_t number) {
  return std::to_string(number);
}

std::string target(const Operation& operation, const Work& work) {
  return registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " + work.key_join("p.o", "t");
}

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

void find_waiting(const Work& work, const std::vector<std::size_t>& fields,
                  std::multimap<std::int64_t, std::int64_t>& waits) {
  std::string taken, coming, stored;
  for (std::size_t field : fields) {
    taken += (taken.empty() ? "" : " AND ") + std::string("a.n") + at(field) + " = b.o" + at(field);
    coming += (coming.empty() ? "" : ", ") + std::string("b.n") + at(field);
    stored += (stored.empty() ? "" : ", ") + std::string("b.o") + at(field);
  }
  const std::string plan = work.plan->name();
  for (const pg::TextRow& row :
       pg::query("SELECT a.r, b.r FROM " + plan + " a JOIN " + plan + " b ON " + taken +
                 " AND a.r <> b.r WHERE a.action = 'U' AND b.action = 'U' AND " + images_differ(coming, stored))) {
    waits.emplace(std::stoll(*row[0]), std::stoll(*row[1]));
  }
}

bool refers(const Work& work, int column) {
  return std::any_of(
      work.dataset->references.begin(), work.dataset->references.end(), [&](const registry::Reference& reference) {
        return std::find(reference.columns.begin(), reference.columns.end(), column) != reference.columns.end();
      });
}

// A value that no row of the file can have and that the column's type takes; empty where there is none.
std::string parking_value(const Work& work, std::size_t field) {
  const registry::Column& column = work.column(field);
  if (!column.not_null) {
    return "NULL";
  }
  if (refers(work, work.fields[field].column) || column.type.domain) {
    return {};
  }
  switch (column.type.column.kind) {
    case ColumnClass::text:
      return "'~rehydra~' || p.r";
    case ColumnClass::integer:
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return "-32768 + p.r % 32768";
    default:
      return {};
  }
}

void park(const Operation& operation, Work& work, const std::vector<std::size_t>& fields, const pg::Store& parked,
          Steps& steps) {
  for (std::size_t field : fields) {
    const std::string value = parking_value(work, field);
    if (value.empty()) {
      continue;
    }
    steps.updated +=
        pg::execute("UPDATE " + work.dataset->qualified() + " t SET " + pg::quote_identifier(work.column(field).name) +
                        " = " + value + " FROM " + work.plan->name() + " p JOIN " + parked.name() +
                        " k ON k.r = p.r WHERE p.action = 'U' AND " + target(operation, work),
                    operation.tenant.args());
    return;
  }
  const auto rows = pg::query("SELECT p.sheet, p.line FROM " + work.plan->name() + " p JOIN " + parked.name() +
                              " k ON k.r = p.r ORDER BY p.r LIMIT 1");
  const Location where = work.where(fields.back(), std::stoll(*rows[0][0]), std::stoll(*rows[0][1]));
  throw Failure(ErrorKind::duplicate_key,
                "rows exchange unique values of column \"" + where.header +
                    "\", and its type has no value to park one of them under",
                "Import in two steps: give one of them another value first.", where);
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

void update_wave(const Operation& operation, Work& work, const std::string& mask, const pg::Store* waves, int wave,
                 Steps& steps) {
  std::string assignments;
  for (std::size_t field = 0; field < work.fields.size(); ++field) {
    if (mask[field] == '1') {
      assignments +=
          (assignments.empty() ? "" : ", ") + pg::quote_identifier(work.column(field).name) + " = p.n" + at(field);
    }
  }
  std::string from = work.plan->name() + " p", when;
  if (waves != nullptr) {
    from += " LEFT JOIN " + waves->name() + " w ON w.r = p.r";
    when = " AND COALESCE(w.wave, 0) = " + std::to_string(wave);
  }
  steps.updated += pg::execute("UPDATE " + work.dataset->qualified() + " t SET " + assignments + " FROM " + from +
                                   " WHERE p.action = 'U' AND p.mask = $2 AND " + target(operation, work) + when,
                               operation.tenant.args().text(mask));
}

// The unique rules whose values the updates hand to each other, in one order for all of them.
UpdateOrder find_order(const Work& work, std::vector<std::vector<std::size_t>>& rules) {
  std::multimap<std::int64_t, std::int64_t> waits;
  for (const UniqueRule& rule : unique_rules(*work.dataset)) {
    const std::vector<std::size_t> fields = rule_fields(work, rule);
    const std::size_t before = waits.size();
    if (!fields.empty()) {
      find_waiting(work, fields, waits);
    }
    if (waits.size() != before) {
      rules.push_back(fields);
    }
  }
  return order_updates(waits);
}

std::unique_ptr<pg::Store> parked_store(Work& work, const UpdateOrder& order) {
  auto store = std::make_unique<pg::Store>(work.next_name("parked"),
                                           std::vector<pg::StoreColumn>{{"r", INT8OID, -1, InvalidOid}});
  for (std::int64_t row : order.parked) {
    const Datum value = Int64GetDatum(row);
    const bool is_null = false;
    store->append(&value, &is_null, 1);
  }
  store->publish();
  return store;
}

}  // namespace

void update_rows(Operation& operation, Work& work, Steps& steps) {
  if (work.counts.updated == 0) {
    return;
  }
  std::vector<std::vector<std::size_t>> rules;
  const UpdateOrder order = find_order(work, rules);
  const std::unique_ptr<pg::Store> waves = order.wave.empty() ? nullptr : waves_store(work, order);
  if (!order.parked.empty()) {
    const std::unique_ptr<pg::Store> parked = parked_store(work, order);
    for (const std::vector<std::size_t>& fields : rules) {
      park(operation, work, fields, *parked, steps);
    }
  }
  const std::uint64_t before = steps.updated;
  const auto masks = pg::query("SELECT DISTINCT mask FROM " + work.plan->name() + " WHERE action = 'U' ORDER BY mask");
  for (int wave = 0; wave <= order.waves; ++wave) {
    for (const pg::TextRow& row : masks) {
      update_wave(operation, work, *row[0], waves.get(), wave, steps);
    }
  }
  if (steps.updated - before != work.counts.updated) {
    throw Failure(ErrorKind::conflict,
                  "the database updated " + std::to_string(steps.updated - before) + " rows of sheet \"" +
                      work.titles.front() + "\" where " + std::to_string(work.counts.updated) + " were planned",
                  "Run the import again; if it happens again, look for triggers that suppress updates.");
  }
}

}  // namespace rehydra::importer
