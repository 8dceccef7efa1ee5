// Job: see the header. Statements whose triggers wait for a query level around them, as those are that PostgreSQL's
// foreign keys run.
#include "pg/held_triggers.h"

#include "core/error.h"

extern "C" {
#include "commands/trigger.h"
}

namespace rehydra::pg {

void hold_triggers() {
  call([] { AfterTriggerBeginQuery(); });
}

std::uint64_t execute_held(const std::string& sql, const Args& args) {
  const int code = call([&] {
    SPIPlanPtr plan = SPI_prepare(sql.c_str(), args.count(), args.types());
    if (plan == nullptr) {
      return SPI_result;
    }
    const int result =
        SPI_execute_snapshot(plan, args.values(), args.nulls(), InvalidSnapshot, InvalidSnapshot, false, false, 0);
    SPI_freeplan(plan);
    return result;
  });
  if (code < 0) {
    throw Failure(ErrorKind::internal, sql + ": " + SPI_result_code_string(code));
  }
  return SPI_processed;
}

void fire_held_triggers() {
  call([] {
    CommandCounterIncrement();
    PushActiveSnapshot(GetTransactionSnapshot());
    AfterTriggerEndQuery(nullptr);
    PopActiveSnapshot();
  });
}

}  // namespace rehydra::pg
