// Job: what has to happen before the process exits, also where a session ends by FATAL, which unwinds nothing.
// Promise: a function is called once, after the transaction was aborted, which freed what the
// server gave it, and before C's own exit handlers.
#pragma once

namespace rehydra::pg {

// The same function may be given again.
void call_at_exit(void (*function)() noexcept);

}  // namespace rehydra::pg
