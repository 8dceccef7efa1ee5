// Job: run server statements as another role for a scope, restricted so that nothing the role's code does can climb
// back. Promise: user and security context are restored on every path; neither direction can raise.
#pragma once

#include "pg/pg.h"

namespace rehydra::pg {

class RoleScope {
 public:
  // extra: SECURITY_RESTRICTED_OPERATION for data statements, SECURITY_LOCAL_USERID_CHANGE for bookkeeping, or both.
  RoleScope(Oid role, int extra) noexcept {
    GetUserIdAndSecContext(&role_before_, &context_before_);
    SetUserIdAndSecContext(role, context_before_ | extra);
  }
  ~RoleScope() { SetUserIdAndSecContext(role_before_, context_before_); }
  RoleScope(const RoleScope&) = delete;
  RoleScope& operator=(const RoleScope&) = delete;

 private:
  Oid role_before_ = InvalidOid;
  int context_before_ = 0;
};

}  // namespace rehydra::pg
