#include "pg/running_operations.h"

#include <csignal>
#include <cstring>

#include "pg/progress_segment.h"

extern "C" {
#include "storage/s_lock.h"
}

namespace rehydra::pg {

namespace {

struct Holder {
  dsm_handle handle;
  int pid;
};

bool leads_to_progress(const LockInstanceData& lock) {
  const LOCKTAG tag = progress_lock(lock.locktag.locktag_field3);
  return (lock.holdMask & LOCKBIT_ON(ExclusiveLock)) != 0 && std::memcmp(&tag, &lock.locktag, sizeof(tag)) == 0;
}

std::vector<Holder> holders() {
  const LockData* data = call([] { return GetLockStatusData(); });
  std::vector<Holder> found;
  for (int i = 0; i < data->nelements; ++i) {
    if (leads_to_progress(data->locks[i])) {
      found.push_back({data->locks[i].locktag.locktag_field3, data->locks[i].pid});
    }
  }
  return found;
}

// Another session's segment for a scope; one of this session's own is mapped already. Where something throws, the
// mapping goes with the transaction.
class Mapping {
 public:
  explicit Mapping(dsm_handle handle) {
    mapping_ = call([&] { return dsm_find_mapping(handle); });
    own_ = mapping_ != nullptr;
    if (!own_) {
      mapping_ = call([&] { return dsm_attach(handle); });
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  // The holder's own description of itself; nullptr where it is gone or something else.
  ProgressSegment* segment(const Holder& holder, ProgressHead& head) const {
    if (mapping_ == nullptr || dsm_segment_map_length(mapping_) < sizeof(ProgressSegment)) {
      return nullptr;
    }
    auto* segment = static_cast<ProgressSegment*>(dsm_segment_address(mapping_));
    std::memcpy(&head, &segment->head, sizeof(head));
    std::uint64_t size = sizeof(ProgressSegment);
    for (const std::uint32_t length : head.length) {
      size += length;
    }
    const bool known = head.magic == progress_magic && head.handle == holder.handle && head.pid == holder.pid &&
                       head.size == size && size <= dsm_segment_map_length(mapping_);
    return known ? segment : nullptr;
  }
  void end() {
    if (mapping_ != nullptr && !own_) {
      call([this] { dsm_detach(mapping_); });
    }
  }

 private:
  dsm_segment* mapping_ = nullptr;
  bool own_ = false;
};

struct Counted {
  ProgressPlace place;
  std::uint64_t rows_done, bytes_done;
};

// False where the holder does not stop writing: then it is no operation of ours.
bool read_counted(const ProgressSegment& segment, Counted& counted) {
  constexpr int most_tries = 10'000;
  for (int i = 0; i < most_tries; ++i) {
    const std::uint32_t before = segment.change.load(std::memory_order_acquire);
    std::memcpy(&counted.place, &segment.place, sizeof(counted.place));
    counted.rows_done = segment.rows_done.load(std::memory_order_relaxed);
    counted.bytes_done = segment.bytes_done.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if ((before & 1U) == 0 && segment.change.load(std::memory_order_relaxed) == before) {
      return true;
    }
    SPIN_DELAY();
  }
  return false;
}

std::optional<std::int64_t> if_known(std::uint64_t count) {
  return count > INT64_MAX ? std::nullopt : std::optional<std::int64_t>(static_cast<std::int64_t>(count));
}

bool is_text(const std::string& text) {
  return text.find('\0') == std::string::npos &&
         call([&] { return pg_verifymbstr(text.data(), static_cast<int>(text.size()), true); });
}

std::optional<RunningOperation> read(const ProgressSegment& segment, const ProgressHead& head) {
  Counted counted;
  if (!read_counted(segment, counted) || phase_name(counted.place.phase) == nullptr) {
    return std::nullopt;
  }
  RunningOperation operation{head.handle,
                             head.pid,
                             head.operation_id,
                             {},
                             {},
                             {},
                             phase_name(counted.place.phase),
                             std::string(counted.place.dataset, strnlen(counted.place.dataset, NAMEDATALEN)),
                             if_known(counted.rows_done),
                             if_known(counted.place.rows_total),
                             if_known(counted.bytes_done),
                             if_known(counted.place.bytes_total),
                             head.started_at,
                             counted.place.since};
  const char* text = segment.texts();
  std::string* texts[progress_texts] = {&operation.kind, &operation.model, &operation.customer_id};
  for (std::size_t i = 0; i < progress_texts; text += head.length[i], ++i) {
    texts[i]->assign(text, head.length[i]);
    if (!is_text(*texts[i])) {
      return std::nullopt;
    }
  }
  const bool timed = IS_VALID_TIMESTAMP(operation.started_at) && IS_VALID_TIMESTAMP(operation.since);
  return timed && is_text(operation.dataset) ? std::optional<RunningOperation>(std::move(operation)) : std::nullopt;
}

// While the state is asking, the operation cannot end, so the signal finds it running.
bool ask(ProgressSegment& segment, int pid, const std::string& asked_by) {
  std::uint32_t seen = cancel_none;
  if (segment.cancel.compare_exchange_strong(seen, cancel_being_asked)) {
    strlcpy(segment.asked_by, asked_by.c_str(), sizeof(segment.asked_by));
    if (!segment.resting.load()) {
      (void)kill(pid, SIGINT);
    }
    segment.cancel.store(cancel_was_asked);
  }
  return seen != cancel_over;
}

}  // namespace

std::vector<RunningOperation> running_operations() {
  std::vector<RunningOperation> operations;
  for (const Holder& holder : holders()) {
    Mapping mapping(holder.handle);
    ProgressHead head;
    if (const ProgressSegment* segment = mapping.segment(holder, head); segment != nullptr) {
      if (auto operation = read(*segment, head)) {
        operations.push_back(std::move(*operation));
      }
    }
    mapping.end();
  }
  return operations;
}

bool ask_to_cancel(const RunningOperation& operation, const std::string& asked_by) {
  bool asked = false;
  for (const Holder& holder : holders()) {
    if (holder.handle != operation.handle || holder.pid != operation.pid) {
      continue;
    }
    Mapping mapping(holder.handle);
    ProgressHead head;
    ProgressSegment* segment = mapping.segment(holder, head);
    const bool same =
        segment != nullptr && std::memcmp(&head.operation_id, &operation.operation_id, sizeof(head.operation_id)) == 0;
    asked = same && ask(*segment, holder.pid, asked_by);
    mapping.end();
  }
  return asked;
}

}  // namespace rehydra::pg
