#include "pg/bytes.h"

#include <algorithm>
#include <cstring>

#include "pg/guard.h"
#include "pg/huge_pages.h"

extern "C" {
#include "access/detoast.h"
}

namespace rehydra::pg {

namespace {

constexpr std::size_t worth_huge_pages = std::size_t{4} << 20;
constexpr std::size_t slice_bytes = std::size_t{256} << 10;

bool is_stored_in_slices(const struct varlena* value) {
  if (!VARATT_IS_EXTERNAL_ONDISK(value)) {
    return false;
  }
  struct varatt_external where;
  VARATT_EXTERNAL_GET_POINTER(where, value);
  return !VARATT_EXTERNAL_IS_COMPRESSED(where);
}

// A workbook out of a table: fetched slice by slice into few large pages.
const bytea* gather(struct varlena* value, std::size_t size) {
  auto* const whole = static_cast<char*>(MemoryContextAlloc(CurrentMemoryContext, size));
  prefer_huge_pages(whole, size);
  for (std::size_t done = VARHDRSZ; done < size; done += slice_bytes) {
    const std::size_t wanted = std::min(slice_bytes, size - done);
    struct varlena* const slice =
        detoast_attr_slice(value, static_cast<int32>(done - VARHDRSZ), static_cast<int32>(wanted));
    std::memcpy(whole + done, VARDATA(slice), wanted);
    pfree(slice);
  }
  SET_VARSIZE(whole, size);
  return reinterpret_cast<const bytea*>(whole);
}

}  // namespace

std::string_view bytes_of(Datum value) {
  const bytea* plain = call([&] {
    auto* const stored = reinterpret_cast<struct varlena*>(DatumGetPointer(value));
    const std::size_t size = toast_raw_datum_size(value);
    return size >= worth_huge_pages && is_stored_in_slices(stored)
               ? gather(stored, size)
               : static_cast<const bytea*>(PG_DETOAST_DATUM_PACKED(value));
  });
  return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

}  // namespace rehydra::pg
