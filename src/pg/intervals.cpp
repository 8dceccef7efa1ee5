#include "pg/intervals.h"

#include <string>

#include "pg/memory.h"

extern "C" {
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
}

namespace rehydra::pg {

bool narrows_interval(const Type& type, std::string_view text) {
  const Context memory(CurrentMemoryContext, "rehydra interval");
  const ContextScope scope(memory.get());
  std::string bytes(text);
  try {
    return call([&] {
      const Interval* whole = DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(bytes.c_str()),
                                                                    ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
      const Interval* kept = DatumGetIntervalP(input_value(type, bytes.data()));
      return whole->month != kept->month || whole->day != kept->day || whole->time != kept->time;
    });
  } catch (ServerError& refused) {
    refused.free();
    return false;
  }
}

}  // namespace rehydra::pg
