#include "pg/server_side.h"

namespace rehydra::pg::server_side {

namespace {
bool gone = false;
}

bool is_gone() noexcept {
  return gone;
}

Gone::Gone() noexcept : before_(gone) {
  gone = true;
}

Gone::~Gone() {
  gone = before_;
}

}  // namespace rehydra::pg::server_side
