// Job: the settings that a session has of its own, to be taken elsewhere: what SET, SET LOCAL, a function's SET clause
// or the connection itself has changed. Callers: rehydra_submit, and the worker of the job. Promise: time limits are
// the session's, not its jobs'; role and transaction are told in other ways.
#pragma once

#include <map>
#include <string>

#include "pg/pg.h"

namespace rehydra::pg {

using SessionSettings = std::map<std::string, std::string>;

SessionSettings session_settings();

// As the current user would set them, until the process ends. Inside of a transaction.
void apply_settings(const SessionSettings& settings);
// SET ROLE, as the session's user may. Inside of a transaction.
void set_role(const std::string& name);

// A session of member can become role.
bool may_become(Oid member, Oid role);

}  // namespace rehydra::pg
