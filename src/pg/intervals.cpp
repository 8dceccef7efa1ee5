#include "pg/intervals.h"

#include <string>

#include "pg/errors.h"
#include "pg/memory.h"

extern "C" {
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
}

namespace rehydra::pg {

bool narrows_interval(const Type& type, std::string_view text) {
  if (type.base_typmod < 0) {
    return false;
  }
  const Context memory(CurrentMemoryContext, "rehydra interval");
  const ContextScope scope(memory.get());
  const std::string bytes(text);
  try {
    return call([&] {
      const auto read = [&](std::int32_t typmod) {
        return DirectFunctionCall3(interval_in, CStringGetDatum(bytes.c_str()), ObjectIdGetDatum(InvalidOid),
                                   Int32GetDatum(typmod));
      };
      const auto equal = [](Datum left, Datum right) {
        const Interval *one = DatumGetIntervalP(left), *other = DatumGetIntervalP(right);
        return one->month == other->month && one->day == other->day && one->time == other->time;
      };
      // A number without a unit is of the type's last field: no less of it is kept where it is read as something else.
      const Datum whole = read(-1), kept = read(type.base_typmod);
      return !equal(whole, kept) &&
             equal(kept, DirectFunctionCall2(interval_scale, whole, Int32GetDatum(type.base_typmod)));
    });
  } catch (ServerError& refused) {
    if (must_be_raised(refused.sqlstate())) {
      throw;
    }
    refused.free();
    return false;
  }
}

}  // namespace rehydra::pg
