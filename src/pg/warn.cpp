#include "pg/warn.h"

#include "pg/guard.h"

namespace rehydra::pg {

void warn(int sqlstate, const std::string& message, const std::string& hint) {
  call([&] {
    ereport(WARNING,
            (errcode(sqlstate), errmsg("%s", message.c_str()), hint.empty() ? 0 : errhint("%s", hint.c_str())));
  });
}

}  // namespace rehydra::pg
