#include "pg/types.h"

#include "pg/spi.h"

namespace rehydra::pg {

namespace {

ColumnType classify(Oid base, std::int32_t typmod) {
  switch (base) {
    case INT2OID:
    case INT4OID:
    case INT8OID:
      return {ColumnClass::integer};
    case NUMERICOID:
      // numeric's typmod: precision and scale packed behind the header size.
      return {ColumnClass::numeric, typmod >= VARHDRSZ ? static_cast<int>((typmod - VARHDRSZ) & 0x7ff) : -1};
    case FLOAT4OID:
    case FLOAT8OID:
      return {ColumnClass::floating};
    case BOOLOID:
      return {ColumnClass::boolean};
    case DATEOID:
      return {ColumnClass::date};
    case TIMESTAMPOID:
      return {ColumnClass::timestamp};
    case TIMESTAMPTZOID:
      return {ColumnClass::timestamptz};
    case BYTEAOID:
      return {ColumnClass::bytea};
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
      return {ColumnClass::text};
    default:
      return {ColumnClass::other};
  }
}

// The equality of the type's own default operator class, which the planner can hash, merge and index.
std::string equality_of(Oid oid) {
  const char* schema = nullptr;
  const char* name = call([&] {
    const TypeCacheEntry* entry = lookup_type_cache(oid, TYPECACHE_EQ_OPR);
    if (!OidIsValid(entry->eq_opr)) {
      return static_cast<const char*>(nullptr);
    }
    HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(entry->eq_opr));
    if (!HeapTupleIsValid(tuple)) {
      return static_cast<const char*>(nullptr);
    }
    schema = get_namespace_name(reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple))->oprnamespace);
    const char* found = pstrdup(NameStr(reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple))->oprname));
    ReleaseSysCache(tuple);
    return found;
  });
  // json and the like have none; a statement that would compare them says so itself.
  return name == nullptr || schema == nullptr ? "OPERATOR(pg_catalog.=)"
                                              : "OPERATOR(" + quote_identifier(schema) + "." + name + ")";
}

}  // namespace

std::string equal_sql(const Type& left, const std::string& left_sql, const Type& right, const std::string& right_sql) {
  const std::string& named = left.equals.find("pg_catalog") == std::string::npos ? left.equals : right.equals;
  return left_sql + " " + named + " " + right_sql;
}

Type lookup_type(Oid oid, std::int32_t typmod, Oid collation, MemoryContext memory) {
  Type type;
  type.oid = oid;
  type.typmod = typmod;
  type.collation = collation;
  std::int32_t base_typmod = typmod;
  const char* base_name = "";
  const char* name = call([&] {
    Oid function = InvalidOid;
    bool is_varlena = false;
    char align = 0;
    type.base = getBaseTypeAndTypmod(oid, &base_typmod);
    type.array = OidIsValid(get_element_type(type.base));
    get_typlenbyvalalign(oid, &type.length, &type.by_value, &align);
    getTypeInputInfo(oid, &function, &type.io_parameter);
    fmgr_info_cxt(function, &type.input, memory);
    getTypeOutputInfo(oid, &function, &is_varlena);
    fmgr_info_cxt(function, &type.output, memory);
    if (type.base != oid) {
      base_name = format_type_with_typemod(type.base, base_typmod);
    }
    return format_type_with_typemod(oid, typmod);
  });
  type.name = name;
  type.base_name = base_name;
  type.equals = equality_of(oid);
  type.domain = type.base != oid;
  type.base_typmod = base_typmod;
  type.column = classify(type.base, base_typmod);
  return type;
}

}  // namespace rehydra::pg
