// Job: let other sessions see how far the running operation is, and stop it.
// Callers: the entry layer makes one Progress a SQL function; an operation calls begin() once it knows whose it is, and
// then says in one line each what it is at.
// Promise: an advice only: where no shared memory is to be had, everything here does nothing. Counting costs a store a
// batch. However the function ends, nothing stays, and a cancel that was asked for reaches it and nothing after it.
#pragma once

#include <cstdint>
#include <string>

#include "pg/errors.h"

struct dsm_segment;

namespace rehydra::pg {

struct ProgressSegment;

enum class Phase : std::uint32_t {
  opening,
  staging,
  waiting,
  planning,
  snapshot,
  locking,
  deleting,
  updating,
  inserting,
  proving,
  writing,
};
// "opening"; nullptr where it is none.
const char* phase_name(Phase phase) noexcept;

// What the running SQL function shows of itself. Plain data: it lies in the entry layer's outer frame.
class Progress {
 public:
  // Is the current one from here to end(); those of calling functions wait behind it.
  void start() noexcept;
  // The function has ended, with or without an error. A cancel that was asked for and not yet felt becomes its error;
  // an error that is a cancel says who asked. May raise: no C++ object is alive.
  void end(PendingError& pending);

  // More calls will follow: end() without an error leaves what is shown where it is, and start() goes on with it. A
  // cancel that is asked for in between is felt by the next call, and by nothing else that the session does.
  bool lasts = false;

  ProgressSegment* shared = nullptr;
  dsm_segment* mapping = nullptr;
  ResourceOwner owner = nullptr;
  Progress* outer = nullptr;
};

// Somebody has asked for the end of this operation, or of one that it runs inside of.
bool cancel_asked() noexcept;

namespace progress {

constexpr std::uint64_t unknown = UINT64_MAX;

// kind: export, import, preview, restore, snapshot. In phase opening.
void begin(const std::string& kind, const std::string& operation_id, const std::string& model,
           const std::string& customer_id, std::uint64_t bytes_total = unknown);
// Rows and bytes are counted anew.
void phase(Phase phase, std::uint64_t rows_total = unknown, std::uint64_t bytes_total = unknown) noexcept;
// A phase that counts on where the one before it was, and the data set that it is at.
void step(Phase phase, const std::string& dataset) noexcept;
void dataset(const std::string& name) noexcept;
void rows(std::uint64_t more) noexcept;
// So many so far.
void bytes(std::uint64_t done) noexcept;

}  // namespace progress

}  // namespace rehydra::pg
