#include "importer/legacy_partners.h"

#include <algorithm>

namespace rehydra::importer {

namespace {

std::vector<std::size_t> all_fields(const LegacyRows& rows) {
  std::vector<std::size_t> fields = rows.fields;
  fields.insert(fields.end(), rows.added.begin(), rows.added.end());
  return fields;
}

// The positions of a data set's columns among the rows' values; empty where one is missing. The tenant's is known.
std::vector<std::size_t> positions_of(const Work& work, const LegacyRows& rows, const std::vector<int>& columns) {
  std::vector<std::size_t> positions;
  for (int column : columns) {
    if (column == work.dataset->tenant_column) {
      continue;
    }
    const auto found = std::find_if(rows.fields.begin(), rows.fields.end(),
                                    [&](std::size_t field) { return work.fields[field].column == column; });
    if (found == rows.fields.end()) {
      return {};
    }
    positions.push_back(static_cast<std::size_t>(found - rows.fields.begin()));
  }
  return positions;
}

std::vector<std::size_t> match_positions(const Work& work, const LegacyRows& rows) {
  for (const std::vector<int>& match_key : work.dataset->match_keys) {
    if (std::vector<std::size_t> positions = positions_of(work, rows, match_key); !positions.empty()) {
      return positions;
    }
  }
  return {};
}

std::string column_of(const Work& work, std::size_t field) {
  return pg::quote_identifier(work.column(field).name);
}

std::string same_at(const Work& work, const LegacyRows& rows, const std::vector<std::size_t>& positions,
                    const std::string& table) {
  std::string condition;
  for (std::size_t position : positions) {
    const std::size_t field = rows.fields[position];
    condition += (condition.empty() ? "" : " AND ") +
                 work.same_field(field, "s.c" + at(position), table + "." + column_of(work, field));
  }
  return condition;
}

std::string stored_columns(const Work& work, const LegacyRows& rows, const char* table, const char* prefix) {
  std::string list;
  const std::vector<std::size_t> fields = all_fields(rows);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    list += std::string(", ") + table + "." + column_of(work, fields[i]) + " AS " + prefix + at(i);
  }
  return list;
}

std::string listed(const char* prefix, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += std::string(", ") + prefix + at(i);
  }
  return list;
}

// A row that is everybody's: the one with the same key and name, else one of the same name.
std::string shared_sql(const Work& work, const LegacyRows& rows) {
  const std::string key = same_at(work, rows, partner_positions(work, rows), "q");
  const std::string name = same_at(work, rows, match_positions(work, rows), "q");
  return " LEFT JOIN LATERAL (SELECT true AS shared, COALESCE(" + key + ", false) AS same_key" +
         stored_columns(work, rows, "q", "s") + " FROM " + work.dataset->rows() + " q WHERE " +
         registry::shared_predicate(*work.dataset, "q") + " AND " + (name.empty() ? key : name) +
         " ORDER BY 2 DESC LIMIT 1) d ON true";
}

// The newest row of the parent that agrees, for rows that are not stored.
std::string parent_sql(const Operation& operation, const Work& work, const LegacyRows& rows,
                       const registry::Attachment& attachment) {
  const auto& reference = work.dataset->references[static_cast<std::size_t>(attachment.reference)];
  const registry::Dataset& parent = operation.model->datasets[static_cast<std::size_t>(reference.parent)];
  const auto name = [&](int column) {
    return "p." + pg::quote_identifier(parent.columns[static_cast<std::size_t>(column)].name);
  };
  std::string agrees;
  for (std::size_t i = 0; i < attachment.same.size(); ++i) {
    const std::vector<std::size_t> positions = positions_of(work, rows, {attachment.same[i]});
    const pg::Type& parent_type = parent.columns[static_cast<std::size_t>(attachment.parent[i])].type;
    agrees += positions.empty()
                  ? " AND false"
                  : " AND " + pg::equal_sql(parent_type, name(attachment.parent[i]),
                                            work.column(rows.fields[positions[0]]).type, "s.c" + at(positions[0]));
  }
  const std::string key = name(reference.parent_columns[0]);
  return "CASE WHEN t.here IS NULL THEN (SELECT " + key + " FROM " + parent.rows() + " p WHERE " +
         registry::tenant_predicate(*operation.model, parent, "p") + agrees + " ORDER BY " + name(attachment.newest) +
         " DESC NULLS LAST, " + key + " DESC LIMIT 1) END";
}

}  // namespace

PartnerColumns::PartnerColumns(const Work&, const LegacyRows& rows) {
  const std::size_t values_count = rows.fields.size();
  const std::size_t stored_count = values_count + rows.added.size();
  lines = 4;
  values = lines + rows.lines;
  own_texts = values + values_count;
  here = own_texts + (rows.raw ? values_count : 0);
  stored = here + 1;
  count = stored + stored_count;
  shared = count + 1;
  shared_same_key = shared + 1;
  shared_stored = shared_same_key + 1;
  parents = rows.leaves_out_shared ? shared_stored + stored_count : shared;
}

std::vector<std::size_t> partner_positions(const Work& work, const LegacyRows& rows) {
  std::vector<std::size_t> positions = positions_of(work, rows, work.dataset->key);
  return positions.empty() ? match_positions(work, rows) : positions;
}

int attached_field(const Work& work, const LegacyRows& rows) {
  if (rows.sheet == nullptr || rows.sheet->attachments.empty()) {
    return -1;
  }
  const auto& reference = work.dataset->references[static_cast<std::size_t>(rows.sheet->attachments.front().reference)];
  const int field = work.field_of(reference.columns[0]);
  const auto found = std::find(rows.added.begin(), rows.added.end(), static_cast<std::size_t>(field));
  return found == rows.added.end() ? -1 : field;
}

std::string partners_sql(const Operation& operation, const Work& work, const LegacyRows& rows) {
  std::string sql = "SELECT s.r, s.sheet, s.line, s.bad";
  for (std::size_t i = 1; i <= rows.lines; ++i) {
    sql += ", s.line" + at(i);
  }
  sql += listed("s.c", rows.fields.size()) + (rows.raw ? listed("s.x", rows.fields.size()) : "");
  const std::size_t stored = rows.fields.size() + rows.added.size();
  sql += ", t.here" + listed("t.o", stored) + ", pg_catalog.count(*) OVER (PARTITION BY s.r)";
  if (rows.leaves_out_shared) {
    sql += ", d.shared, d.same_key" + listed("d.s", stored);
  }
  if (attached_field(work, rows) >= 0) {
    sql += ", " + parent_sql(operation, work, rows, rows.sheet->attachments.front());
  }
  const std::vector<std::size_t> positions = partner_positions(work, rows);
  const bool tenant_is_key = !work.dataset->keyless() && positions.empty() && work.key_fields().empty();
  std::string same = tenant_is_key ? "true" : positions.empty() ? "false" : "";
  for (std::size_t position : positions) {
    same += (same.empty() ? "" : " AND ") +
            work.same_field(rows.fields[position], "s.c" + at(position), "t.o" + at(position));
  }
  sql += " FROM " + rows.store->name() + " s LEFT JOIN (SELECT true AS here" + stored_columns(work, rows, "t", "o") +
         " FROM " + work.dataset->rows() + " t WHERE " +
         registry::tenant_predicate(*operation.model, *work.dataset, "t") + ") t ON " + same;
  return rows.leaves_out_shared ? sql + shared_sql(work, rows) : sql;
}

}  // namespace rehydra::importer
