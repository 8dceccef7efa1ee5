// Job: the keys of a tenant's rows that rows of other tables hang on, read once for all statements of a reading, so
// that these rows are found by one scan of an index.
// Callers: Reading; the importer's OwnRows.
// Promise: the same rows as by tenant_predicate(), which stands in for small tables, for more than 100,000 keys or such
// as are not one integer or uuid, and on PostgreSQL 13.
// Why: a join looks into the table once a parent, and the policy then looks each row's parent up again; for one scan
// of all rows PostgreSQL may collect the parents first.
#pragma once

#include <string>
#include <vector>

#include "registry/tenancy.h"

namespace rehydra::registry {

class ParentKeys {
 public:
  // Whose they are, who reads them, where they are kept, and of which moment.
  struct Reader {
    const Tenant& tenant;
    Oid role;
    MemoryContext memory;
    pg::Access access = pg::Access::read_only;
  };

  // Those that rows of this data set are found by; inside of the tenant's scope.
  void read(const Reader& reader, const Model& model, const Dataset& dataset);

  // A row of alias belongs to the tenant.
  std::string predicate(const Model& model, const Dataset& dataset, const std::string& alias) const;
  // Of a statement with such predicates: the tenant is $1, the keys stand behind it.
  pg::Args args(const Tenant& tenant) const;

 private:
  struct Keys {
    const Column* column;  // of the parent
    Oid array;
    Datum values = 0;
    bool none = true;
    bool complete = false;
  };

  Keys collect(const Reader& reader, const Dataset& parent, const Column& column, const std::string& predicate) const;
  const Keys* keys_of(const Column& column) const;

  std::vector<Keys> keys_;  // $2 and on
};

}  // namespace rehydra::registry
