#include "pg/server_log.h"

#include "pg/guard.h"

namespace rehydra::pg {

void log_line(const std::string& message) {
  // LOG_SERVER_ONLY: the client gets the error itself.
  call([&] { ereport(LOG_SERVER_ONLY, (errmsg_internal("%s", message.c_str()), errhidestmt(true))); });
}

}  // namespace rehydra::pg
