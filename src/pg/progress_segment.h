// Job: the layout of what a running operation shows of itself in a dynamic shared memory segment, and the lock that
// tells others where it is.
// Callers: pg/progress.cpp (the operation itself), pg/running_operations.cpp (who looks at it).
// Promise: head and texts are written before the lock is taken and never again; the place is written between two
// changes of its number; everything else is an atomic.
#pragma once

#include <atomic>
#include <cstdint>

#include "pg/progress.h"

extern "C" {
#include "storage/dsm.h"
}

namespace rehydra::pg {

// Its last digits are the layout's: sessions may run different versions of the library for a while.
constexpr std::uint64_t progress_magic = 0x7265'6879'6472'0002;
constexpr std::uint64_t unknown_count = UINT64_MAX;

// none -> being asked -> was asked, by whoever cancels; from none or was asked -> over, by the operation. While it is
// being asked, the operation does not end: the signal cannot reach anything else.
enum CancelState : std::uint32_t { cancel_none = 1, cancel_being_asked, cancel_was_asked, cancel_over };

enum ProgressText : std::size_t { text_kind, text_model, text_customer, progress_texts };

struct ProgressHead {
  std::uint64_t magic;
  std::uint64_t size;  // of the whole
  dsm_handle handle;
  std::int32_t pid;
  pg_uuid_t operation_id;
  TimestampTz started_at;
  std::uint32_t length[progress_texts];  // of the texts, which stand one after the other behind the segment
};

struct ProgressPlace {
  Phase phase;
  char dataset[NAMEDATALEN];
  TimestampTz since;  // when the rows began to be counted
  std::uint64_t rows_total;
  std::uint64_t bytes_total;
};

struct ProgressSegment {
  ProgressHead head;
  std::atomic<std::uint32_t> cancel;
  std::atomic<bool> resting;  // between two calls of a set-returning function: the session may be doing something else
  std::atomic<std::uint32_t> change;  // odd while the place is being written
  std::atomic<std::uint64_t> rows_done;
  std::atomic<std::uint64_t> bytes_done;
  ProgressPlace place;
  char asked_by[NAMEDATALEN];  // between asking and asked

  char* texts() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* texts() const noexcept { return reinterpret_cast<const char*>(this + 1); }
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "atomics are shared between processes");

// Of no kind that the server's own functions take (those have 1 and 2 in the last field).
constexpr std::uint16_t progress_lock_space = 0x5250;
constexpr std::uint32_t progress_lock_class = 0x72656879;

inline LOCKTAG progress_lock(dsm_handle handle) noexcept {
  LOCKTAG tag;
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, progress_lock_class, handle, progress_lock_space);
  return tag;
}

}  // namespace rehydra::pg
