#include "registry/parent_keys.h"

#include "pg/cursor.h"
#include "pg/memory.h"
#include "pg/table_size.h"

namespace rehydra::registry {

namespace {

// The planner looks at each key of an array: 2 us.
constexpr std::int64_t most_keys = 100'000;
constexpr std::size_t first_place = 2;
// A smaller table is soon joined.
constexpr std::uint64_t least_rows = 1'000;

// The one column of the data set that leads to its tenant, and the parent's; both null where keys are of no use.
struct Link {
  const Dataset* parent = nullptr;
  const Column* child_column = nullptr;
  const Column* parent_column = nullptr;
};

bool is_small(const pg::Type& type) {
  return type.oid == INT2OID || type.oid == INT4OID || type.oid == INT8OID || type.oid == UUIDOID;
}

Link link_of(const Model& model, const Dataset& dataset) {
  if (!REHYDRA_HASHES_ARRAYS || dataset.tenant_column >= 0 || dataset.tenant_reference < 0) {
    return {};
  }
  const Reference& path = dataset.references[static_cast<std::size_t>(dataset.tenant_reference)];
  const Dataset& parent = model.datasets[static_cast<std::size_t>(path.parent)];
  const Column& child_column = dataset.columns[static_cast<std::size_t>(path.columns[0])];
  const Column& parent_column = parent.columns[static_cast<std::size_t>(path.parent_columns[0])];
  if (path.columns.size() != 1 || child_column.type.oid != parent_column.type.oid || !is_small(parent_column.type)) {
    return {};
  }
  return {&parent, &child_column, &parent_column};
}

}  // namespace

const ParentKeys::Keys* ParentKeys::keys_of(const Column& column) const {
  for (const Keys& keys : keys_) {
    if (keys.column == &column) {
      return &keys;
    }
  }
  return nullptr;
}

void ParentKeys::read(const Reader& reader, const Model& model, const Dataset& dataset) {
  const Link link = link_of(model, dataset);
  if (link.parent == nullptr || keys_of(*link.parent_column) != nullptr ||
      pg::most_rows(dataset.relation) < least_rows) {
    return;
  }
  read(reader, model, *link.parent);
  keys_.push_back(collect(reader, *link.parent, *link.parent_column, predicate(model, *link.parent, "t")));
}

ParentKeys::Keys ParentKeys::collect(const Reader& reader, const Dataset& parent, const Column& column,
                                     const std::string& predicate) const {
  const std::string key = "t." + pg::quote_identifier(column.name);
  const ActingScope acting(reader.role);
  pg::Cursor cursor("SELECT pg_catalog.count(*), pg_catalog.array_agg(k.key) FROM (SELECT " + key + " AS key FROM " +
                        parent.rows() + " t WHERE " + predicate + " LIMIT " + std::to_string(most_keys + 1) + ") k",
                    args(reader.tenant), reader.access);
  cursor.fetch();
  Keys keys{&column, InvalidOid};
  keys.complete = DatumGetInt64(cursor.value(0, 0)) <= most_keys;
  keys.none = !keys.complete || cursor.is_null(0, 1);
  pg::call([&] {
    keys.array = get_array_type(column.type.oid);
    if (!keys.none) {
      const pg::ContextScope lasting(reader.memory);
      keys.values = datumCopy(cursor.value(0, 1), false, -1);
    }
  });
  cursor.close();
  return keys;
}

std::string ParentKeys::predicate(const Model& model, const Dataset& dataset, const std::string& alias) const {
  const Link link = link_of(model, dataset);
  const Keys* keys = link.parent == nullptr ? nullptr : keys_of(*link.parent_column);
  if (keys == nullptr || !keys->complete) {
    return tenant_predicate(model, dataset, alias);
  }
  const std::size_t place = first_place + static_cast<std::size_t>(keys - keys_.data());
  return pg::equal_sql(link.child_column->type, alias + "." + pg::quote_identifier(link.child_column->name),
                       link.parent_column->type, "ANY ($" + std::to_string(place) + ")");
}

pg::Args ParentKeys::args(const Tenant& tenant) const {
  pg::Args args = tenant.args();
  for (const Keys& keys : keys_) {
    args.datum(keys.array, keys.values, keys.none);
  }
  return args;
}

}  // namespace rehydra::registry
