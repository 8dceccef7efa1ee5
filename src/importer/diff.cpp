#include "importer/diff.h"

#include "codec/json/json_text.h"
#include "importer/plan.h"
#include "pg/batch_texts.h"
#include "pg/settings.h"
#include "pg/wide_cursor.h"

namespace rehydra::importer {

namespace {

// Lead columns of the statement; lines of satellites, n0.., o0.. follow.
enum Lead : std::size_t { diff_r, diff_sheet, diff_line, diff_action, diff_mask, diff_lead };

// What an update leaves alone need not be fetched; of very many columns, asking for each costs more than that.
std::vector<std::string> listed(const Work& work) {
  std::vector<std::string> list = {"p.r::pg_catalog.text", "p.sheet::pg_catalog.text", "p.line::pg_catalog.text",
                                   "p.action::pg_catalog.text", "p.mask"};
  for (std::size_t i = 1; i <= work.satellite_titles.size(); ++i) {
    list.push_back("s.line" + at(i) + "::pg_catalog.text");
  }
  for (const char* prefix : {"n", "o"}) {
    for (std::size_t i = 0; i < work.fields.size(); ++i) {
      const std::string value = "p." + std::string(prefix) + at(i);
      list.push_back(work.fields[i].is_key || work.plan->is_split()
                         ? value
                         : "CASE WHEN p.action <> 'U' OR " + is_written("p.mask", i) + " THEN " + value + " END");
    }
  }
  return list;
}

std::string planned_changes(const Work& work) {
  std::string order = " ORDER BY p.sheet, p.line";
  for (const std::size_t field : work.key_fields()) {
    order += ", p.o" + at(field);
  }
  return "FROM " + work.plan->name() + " p" +
         (work.satellite_titles.empty() ? "" : " LEFT JOIN " + work.staged->name() + " s ON s.r = p.r") +
         " WHERE p.action IN ('I', 'U', 'D')" + order + ", p.r";
}

class DatasetDiff {
 public:
  DatasetDiff(const Operation& operation, const Work& work, const pg::Type& text, MemoryContext memory,
              const DiffSink& sink)
      : operation_(operation),
        work_(work),
        new_(diff_lead + work.satellite_titles.size()),
        old_(new_ + work.fields.size()),
        cursor_(listed(work), planned_changes(work), {}),
        texts_(types(text), memory),
        sink_(sink) {}

  void run(Cancel cancel) {
    for (std::size_t rows = cursor_.fetch(); rows != 0; rows = cursor_.fetch()) {
      cancel.poll();
      for (std::size_t from = 0; from < rows;) {
        const std::size_t to = texts_.convert(cursor_, from, rows);
        for (; from < to; ++from) {
          tell(from);
        }
      }
    }
    cursor_.close();
  }

 private:
  std::vector<const pg::Type*> types(const pg::Type& text) const {
    std::vector<const pg::Type*> all(new_, &text);
    for (int side = 0; side < 2; ++side) {
      for (std::size_t i = 0; i < work_.fields.size(); ++i) {
        all.push_back(&work_.column(i).type);
      }
    }
    return all;
  }

  std::optional<std::string> text(std::size_t row, std::size_t column) {
    return cursor_.is_null(row, column) ? std::nullopt : std::optional<std::string>(texts_.text(cursor_, row, column));
  }
  std::int64_t number(std::size_t row, std::size_t column) {
    const std::optional<std::string> digits = text(row, column);
    return digits ? std::stoll(*digits) : 0;
  }
  bool is_secret(std::size_t field) const { return work_.column(field).secret; }

  void tell(std::size_t row) {
    const char action = (*text(row, diff_action))[0];
    if (action != 'D' && work_.is_bad(number(row, diff_r))) {
      return;  // rejected after it was planned
    }
    if (action == 'U') {
      tell_update(row);
    } else if (action == 'I') {
      tell_row(row, "insert", new_);
    } else {
      tell_row(row, "delete", old_);
    }
  }

  // The customer's own row has no key but the customer; a table without a key has none.
  std::optional<std::string> key(std::size_t row, std::size_t side) {
    std::string joined = work_.dataset->role == registry::Role::own ? operation_.tenant.id : "";
    for (const std::size_t field : work_.key_fields()) {
      const std::optional<std::string> part = text(row, side + field);
      joined += part ? (joined.empty() ? "" : ", ") + *part : "";
    }
    return joined.empty() ? std::nullopt : std::optional<std::string>(joined);
  }

  void tell_update(std::size_t row) {
    const std::string mask = *text(row, diff_mask);
    for (std::size_t field = 0; field < work_.fields.size(); ++field) {
      if (mask[field] != '1' || is_secret(field)) {
        continue;
      }
      const std::size_t satellite = work_.fields[field].sheet;
      const Location where = work_.where(field, number(row, diff_sheet), number(row, diff_line),
                                         satellite == 0 ? 0 : number(row, diff_lead + satellite - 1));
      sink_({work_.dataset->name, key(row, old_), "update", work_.column(field).name, text(row, old_ + field),
             text(row, new_ + field), where.sheet, cell_of(where)});
    }
  }

  void tell_row(std::size_t row, const char* action, std::size_t side) {
    std::string values;
    for (std::size_t field = 0; field < work_.fields.size(); ++field) {
      if (!is_secret(field) && !cursor_.is_null(row, side + field)) {
        values += (values.empty() ? "" : ", ") + codec::json_string(work_.column(field).name) + ": " +
                  codec::json_string(*text(row, side + field));
      }
    }
    values = "{" + values + "}";
    DiffLine line{work_.dataset->name, key(row, side), action, {}, {}, {}, work_.titles.front(), {}};
    if (side == old_) {
      line.old_value = std::move(values);
    } else {
      line.new_value = std::move(values);
      line.sheet = work_.titles[static_cast<std::size_t>(number(row, diff_sheet))];
      line.cell = "row " + *text(row, diff_line);
    }
    sink_(line);
  }

  const Operation& operation_;
  const Work& work_;
  std::size_t new_, old_;
  pg::WideCursor cursor_;
  pg::BatchTexts texts_;
  const DiffSink& sink_;
};

}  // namespace

void list_changes(const Operation& operation, Cancel cancel, MemoryContext memory, const DiffSink& sink) {
  pg::SettingsScope settings;
  pg::pin_search_path(settings, operation.model->search_path);
  pg::set_canonical_output(settings);
  const pg::Type text = pg::lookup_type(TEXTOID, -1, DEFAULT_COLLATION_OID, memory);
  {
    const registry::ActingScope acting(operation.role);
    for (const Work& work : operation.works) {
      DatasetDiff(operation, work, text, memory, sink).run(cancel);
    }
  }
  settings.end();
}

}  // namespace rehydra::importer
