// Job: see the header.
#include "importer/guarded.h"

namespace rehydra::importer {

namespace {

std::string text_or(const char* text, const char* otherwise) {
  return text != nullptr ? text : otherwise;
}

bool is_about(const ErrorData& data, const Work& work) {
  return data.table_name != nullptr && data.schema_name != nullptr && work.dataset->table == data.table_name &&
         work.dataset->schema == data.schema_name;
}

void locate(const ErrorData& data, const Work& work, RowError& row) {
  row.dataset = work.dataset->name;
  row.error.where.sheet = work.titles.empty() ? work.dataset->name : work.titles.front();
  const int column = data.column_name != nullptr ? work.dataset->column_index(data.column_name) : -1;
  if (const int field = column < 0 ? -1 : work.field_of(column); field >= 0) {
    row.error.where.header = work.fields[static_cast<std::size_t>(field)].header;
    row.column = data.column_name;
  }
}

}  // namespace

RowError refused_by_server(const pg::ServerError& error, const std::vector<Work>& works) {
  const ErrorData& data = *error.data();
  RowError row;
  row.error.message = text_or(data.message, "the database refused");
  row.error.detail = text_or(data.detail, "");
  row.error.hint =
      text_or(data.hint, "Nothing was changed. Correct the file or the rule that refused it, and import again.");
  row.error.sqlstate = pg::sqlstate_text(error.sqlstate());
  for (const Work& work : works) {
    if (is_about(data, work)) {
      locate(data, work, row);
    }
  }
  return row;
}

}  // namespace rehydra::importer
