#include "pg/store_rows.h"

namespace rehydra::pg {

void append_rows(Store& store, const std::string& sql, const Args& args, Access access) {
  Cursor cursor(sql, args, access);
  for (std::size_t rows = cursor.fetch(); rows != 0; rows = cursor.fetch()) {
    store.append(cursor.values(), cursor.nulls(), rows);
  }
  cursor.close();
}

}  // namespace rehydra::pg
