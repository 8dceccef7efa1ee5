#include "pg/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "pg/home.h"
#include "pg/progress_segment.h"
#include "pg/subtransaction.h"

namespace rehydra::pg {

namespace {

constexpr const char* phase_names[] = {"opening",  "staging",  "waiting",   "planning", "snapshot", "locking",
                                       "deleting", "updating", "inserting", "proving",  "writing"};

Progress* current = nullptr;

// Whether a cancel was asked for. From here on nobody can ask, and a signal that was sent has been taken back.
bool end_asking(ProgressSegment& segment) noexcept {
  std::uint32_t seen = cancel_none;
  while (!segment.cancel.compare_exchange_weak(seen, cancel_over)) {
    if (seen == cancel_over) {
      return false;
    }
    if (seen == cancel_being_asked) {
      pg_usleep(100);  // another session is between two system calls
      seen = cancel_was_asked;
    }
  }
  if (seen != cancel_was_asked) {
    return false;
  }
  // The signal was sent before: it has come when a system call returns.
  (void)getppid();
  QueryCancelPending = false;
  return true;
}

// False where a cancel was asked for.
bool rest(ProgressSegment& segment) noexcept {
  segment.resting.store(true);
  std::uint32_t seen = segment.cancel.load();
  while (seen == cancel_being_asked) {
    pg_usleep(100);  // another session may be about to send its signal
    seen = segment.cancel.load();
  }
  return seen == cancel_none;
}

// However a segment goes: at end(), at the abort of a transaction, when the process exits.
extern "C" void rehydra_progress_detached(dsm_segment* mapping, Datum) {
  (void)end_asking(*static_cast<ProgressSegment*>(dsm_segment_address(mapping)));
}

void copy_name(char (&to)[NAMEDATALEN], const char* name, std::size_t length) noexcept {
  const int cut = pg_mbcliplen(name, static_cast<int>(std::min<std::size_t>(length, INT_MAX)), NAMEDATALEN - 1);
  std::memcpy(to, name, static_cast<std::size_t>(cut));
  to[cut] = '\0';
}

template <class Write>
void change_place(Write write) noexcept {
  ProgressSegment* segment = current != nullptr ? current->shared : nullptr;
  if (segment == nullptr) {
    return;
  }
  const std::uint32_t number = segment->change.load(std::memory_order_relaxed);
  segment->change.store(number + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  write(*segment);
  segment->change.store(number + 2, std::memory_order_release);
}

void count_anew(ProgressSegment& segment, Phase phase, std::uint64_t rows_total, std::uint64_t bytes_total) noexcept {
  segment.place = {phase, {}, GetCurrentTimestamp(), rows_total, bytes_total};
  segment.rows_done.store(rows_total == unknown_count ? unknown_count : 0, std::memory_order_relaxed);
  segment.bytes_done.store(unknown_count, std::memory_order_relaxed);
}

struct Subject {
  std::string_view texts[progress_texts];
  pg_uuid_t operation_id;
  std::uint64_t bytes_total;
};

std::size_t size_of(const Subject& subject) {
  std::size_t size = sizeof(ProgressSegment);
  for (const std::string_view text : subject.texts) {
    size += text.size();
  }
  return size;
}

void fill(dsm_segment* mapping, const Subject& subject) noexcept {
  auto* segment = new (dsm_segment_address(mapping)) ProgressSegment{};
  ProgressHead& head = segment->head;
  head.magic = progress_magic;
  head.size = size_of(subject);
  head.handle = dsm_segment_handle(mapping);
  head.pid = MyProcPid;
  head.operation_id = subject.operation_id;
  head.started_at = GetCurrentTimestamp();
  char* to = segment->texts();
  for (std::size_t i = 0; i < progress_texts; ++i) {
    head.length[i] = static_cast<std::uint32_t>(subject.texts[i].size());
    std::memcpy(to, subject.texts[i].data(), subject.texts[i].size());
    to += subject.texts[i].size();
  }
  count_anew(*segment, Phase::opening, unknown_count, subject.bytes_total);
  segment->resting.store(false);
  segment->cancel.store(cancel_none);
}

// A segment that belongs to the function's own transaction level. Until then it is the subtransaction's, which takes it
// away where the server refuses.
void create(const Subject& subject, dsm_segment*& mapping) {
  dsm_segment* created = call([&] {
    dsm_segment* fresh = dsm_create(size_of(subject), DSM_CREATE_NULL_IF_MAXSEGMENTS);
    if (fresh != nullptr) {
      fill(fresh, subject);
      on_dsm_detach(fresh, rehydra_progress_detached, 0);
    }
    return fresh;
  });
  if (created != nullptr) {
    const HomeScope scope;
    call([&] {
      dsm_pin_mapping(created);
      mapping = created;
      dsm_unpin_mapping(created);
    });
  }
}

bool publish(dsm_segment* mapping) {
  const HomeScope scope;
  return call([&] {
    const LOCKTAG tag = progress_lock(dsm_segment_handle(mapping));
    return LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_OK;
  });
}

// nullptr where shared memory or the table of locks is full: the operation runs without.
dsm_segment* show(const Subject& subject) {
  dsm_segment* mapping = nullptr;
  bool published = false;
  (void)in_subtransaction(
      [&] {
        create(subject, mapping);
        published = mapping != nullptr && publish(mapping);
        return true;
      },
      [](const ServerError& error) {
        return ERRCODE_TO_CATEGORY(error.sqlstate()) != ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION);
      });
  if (mapping != nullptr && !published) {
    call([&] { dsm_detach(mapping); });
    mapping = nullptr;
  }
  return mapping;
}

bool is_cancel(const PendingError& pending) noexcept {
  return (pending.server != nullptr ? pending.server->sqlerrcode : pending.sqlstate) == ERRCODE_QUERY_CANCELED;
}

void become_cancel(PendingError& pending, const ProgressSegment& segment) noexcept {
  pending = {};
  pending.set = true;
  pending.sqlstate = ERRCODE_QUERY_CANCELED;
  strlcpy(pending.message, "canceled by rehydra_cancel", sizeof(pending.message));
  snprintf(pending.detail, sizeof(pending.detail), "Role \"%s\" asked for it.", segment.asked_by);
}

void withdraw(dsm_segment* mapping, ResourceOwner owner) {
  const LOCKTAG tag = progress_lock(dsm_segment_handle(mapping));
  ResourceOwner before = CurrentResourceOwner;
  CurrentResourceOwner = owner;
  (void)LockRelease(&tag, ExclusiveLock, false);
  CurrentResourceOwner = before;
  dsm_detach(mapping);
}

}  // namespace

const char* phase_name(Phase phase) noexcept {
  const auto number = static_cast<std::size_t>(phase);
  return number < std::size(phase_names) ? phase_names[number] : nullptr;
}

void Progress::start() noexcept {
  outer = current;
  current = this;
  if (shared != nullptr) {
    shared->resting.store(false);
  }
}

void Progress::end(PendingError& pending) {
  current = outer;
  const bool goes_on = lasts && !pending.set && shared != nullptr && rest(*shared);
  if (shared != nullptr && !goes_on) {
    if (end_asking(*shared) && (!pending.set || is_cancel(pending))) {
      become_cancel(pending, *shared);
    }
    if (!pending.set) {  // else the abort takes segment and lock away
      withdraw(mapping, owner);
    }
    shared = nullptr;
  }
  if (cancel_asked()) {  // of an operation around this function, which may have used up its signal
    QueryCancelPending = true;
    InterruptPending = true;
  }
}

bool cancel_asked() noexcept {
  for (const Progress* progress = current; progress != nullptr; progress = progress->outer) {
    if (progress->shared != nullptr && progress->shared->cancel.load(std::memory_order_relaxed) != cancel_none) {
      return true;
    }
  }
  return false;
}

namespace progress {

void begin(const std::string& kind, const std::string& operation_id, const std::string& model,
           const std::string& customer_id, std::uint64_t bytes_total) {
  Subject subject{{kind, model, customer_id}, {}, bytes_total};
  call([&] {
    subject.operation_id = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(operation_id.c_str())));
  });
  if (dsm_segment* mapping = show(subject); mapping != nullptr) {
    current->mapping = mapping;
    current->shared = static_cast<ProgressSegment*>(dsm_segment_address(mapping));
    current->owner = home().owner;
  }
}

void phase(Phase phase, std::uint64_t rows_total, std::uint64_t bytes_total) noexcept {
  change_place([&](ProgressSegment& segment) { count_anew(segment, phase, rows_total, bytes_total); });
}

void step(Phase phase, const std::string& dataset) noexcept {
  change_place([&](ProgressSegment& segment) {
    segment.place.phase = phase;
    copy_name(segment.place.dataset, dataset.data(), dataset.size());
  });
}

void dataset(const std::string& name) noexcept {
  change_place([&](ProgressSegment& segment) { copy_name(segment.place.dataset, name.data(), name.size()); });
}

void rows(std::uint64_t more) noexcept {
  if (current != nullptr && current->shared != nullptr) {
    std::atomic<std::uint64_t>& done = current->shared->rows_done;
    const std::uint64_t before = done.load(std::memory_order_relaxed);
    done.store((before == unknown_count ? 0 : before) + more, std::memory_order_relaxed);
  }
}

void bytes(std::uint64_t done) noexcept {
  if (current != nullptr && current->shared != nullptr) {
    current->shared->bytes_done.store(done, std::memory_order_relaxed);
  }
}

}  // namespace progress

}  // namespace rehydra::pg
