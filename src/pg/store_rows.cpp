#include "pg/store_rows.h"

namespace rehydra::pg {

namespace {

template <class Rows>
void append_all(Store& store, Rows& rows) {
  for (std::size_t count = rows.fetch(); count != 0; count = rows.fetch()) {
    store.append(rows.values(), rows.nulls(), count);
  }
  rows.close();
}

}  // namespace

void append_rows(Store& store, const std::string& sql, const Args& args, Access access) {
  Cursor cursor(sql, args, access);
  append_all(store, cursor);
}

void append_rows(Store& store, WideCursor& rows) {
  append_all(store, rows);
}

}  // namespace rehydra::pg
