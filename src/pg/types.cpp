#include "pg/types.h"

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

}  // namespace

Type lookup_type(Oid oid, std::int32_t typmod, Oid collation, MemoryContext memory) {
  Type type;
  type.oid = oid;
  type.typmod = typmod;
  type.collation = collation;
  std::int32_t base_typmod = typmod;
  const char* name = call([&] {
    Oid function = InvalidOid;
    bool is_varlena = false;
    char align = 0;
    type.base = getBaseTypeAndTypmod(oid, &base_typmod);
    get_typlenbyvalalign(oid, &type.length, &type.by_value, &align);
    getTypeInputInfo(oid, &function, &type.io_parameter);
    fmgr_info_cxt(function, &type.input, memory);
    getTypeOutputInfo(oid, &function, &is_varlena);
    fmgr_info_cxt(function, &type.output, memory);
    return format_type_with_typemod(oid, typmod);
  });
  type.name = name;
  type.domain = type.base != oid;
  type.column = classify(type.base, base_typmod);
  return type;
}

}  // namespace rehydra::pg
