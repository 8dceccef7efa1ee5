#include "codec/worker.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "codec/held_signals.h"

namespace rehydra::codec {

namespace {

constexpr std::size_t most_queued = 8;
constexpr std::size_t most_bytes = 1U << 20;   // of what is queued, and of a buffer that is kept for another task
constexpr std::size_t least_kept = 32U << 10;  // smaller ones would have to grow
constexpr std::size_t most_spare = 6;

}  // namespace

struct Worker::State {
  struct Job {
    void* target;
    Task task;
    ByteBuffer bytes;
  };

  State();
  ~State();
  void start();
  void stop(bool drop) noexcept;
  void run() noexcept;
  void do_job(Job& job) noexcept;
  bool has_room_for(std::size_t bytes) const noexcept;
  // The thread is woken first: it may not know of all that is queued.
  template <class Condition>
  void wait_until(std::unique_lock<std::mutex>& lock, Condition condition);
  bool idle() const noexcept { return queue.empty() && !busy; }
  void keep(ByteBuffer bytes) noexcept;
  void raise();

  static State* first;  // the caller's thread's alone
  State* next = nullptr;

  std::optional<std::thread> thread;
  std::mutex mutex;
  std::condition_variable has_work, has_room;
  std::deque<Job> queue;
  std::size_t queued_bytes = 0;
  std::vector<ByteBuffer> spare;
  std::exception_ptr error;
  bool busy = false;
  bool stopping = false;
};

Worker::State* Worker::State::first = nullptr;

Worker::State::State() : next(first) {
  first = this;
}

Worker::State::~State() {
  stop(true);
  State** at = &first;
  while (*at != this) {
    at = &(*at)->next;
  }
  *at = next;
}

void Worker::State::start() {
  if (std::thread::hardware_concurrency() < 2) {
    return;
  }
  const HeldSignals held;
  if (!held) {
    return;
  }
  stopping = false;
  try {
    thread.emplace([this] { run(); });
  } catch (const std::system_error&) {
    thread.reset();
  }
}

void Worker::State::stop(bool drop) noexcept {
  if (!thread) {
    return;
  }
  const HeldSignals held;
  {
    const std::lock_guard lock(mutex);
    stopping = true;
    if (drop) {
      queue.clear();
      queued_bytes = 0;
    }
  }
  has_work.notify_one();
  thread->join();
  thread.reset();
}

// Ends when told to, and the queue is empty.
void Worker::State::run() noexcept {
  std::unique_lock lock(mutex);
  while (true) {
    if (queue.empty()) {
      has_room.notify_one();
      has_work.wait(lock, [this] { return stopping || !queue.empty(); });
    }
    if (queue.empty()) {
      return;
    }
    Job job = std::move(queue.front());
    queue.pop_front();
    queued_bytes -= job.bytes.size();
    const bool wanted = error == nullptr;
    busy = true;
    lock.unlock();
    has_room.notify_one();
    if (wanted) {
      do_job(job);
    }
    lock.lock();
    busy = false;
    keep(std::move(job.bytes));
  }
}

void Worker::State::do_job(Job& job) noexcept {
  try {
    job.task(job.target, job.bytes);
  } catch (...) {
    const std::lock_guard lock(mutex);
    error = std::current_exception();
  }
}

// A task that is larger than all that may be queued waits for an empty queue.
bool Worker::State::has_room_for(std::size_t bytes) const noexcept {
  return queue.empty() || (queue.size() < most_queued && queued_bytes + bytes <= most_bytes);
}

template <class Condition>
void Worker::State::wait_until(std::unique_lock<std::mutex>& lock, Condition condition) {
  if (!condition()) {
    has_work.notify_one();
    has_room.wait(lock, condition);
  }
}

// Under the mutex, or without a thread.
void Worker::State::keep(ByteBuffer bytes) noexcept {
  if (spare.size() < most_spare && bytes.capacity() >= least_kept && bytes.capacity() <= most_bytes) {
    bytes.clear();
    spare.push_back(std::move(bytes));
  }
}

void Worker::State::raise() {
  if (error != nullptr) {
    std::rethrow_exception(error);
  }
}

Worker::Worker() : state_(std::make_unique<State>()) {
  state_->spare.reserve(most_spare);
}

Worker::~Worker() = default;

void Worker::post(void* target, Task task, ByteBuffer bytes, Start start) {
  State& state = *state_;
  if (!state.thread) {
    state.raise();
    task(target, bytes);
    state.keep(std::move(bytes));
    return;
  }
  const std::size_t size = bytes.size();
  const HeldSignals held;
  std::unique_lock lock(state.mutex);
  state.wait_until(lock, [&] { return state.has_room_for(size); });
  state.raise();
  state.queue.push_back({target, task, std::move(bytes)});
  state.queued_bytes += size;
  if (size > most_bytes) {
    state.wait_until(lock, [&] { return state.idle(); });
  }
  lock.unlock();
  if (start == Start::now) {
    state.has_work.notify_one();
  }
}

ByteBuffer Worker::buffer() {
  const HeldSignals held;
  const std::lock_guard lock(state_->mutex);
  if (state_->spare.empty()) {
    return {};
  }
  ByteBuffer bytes = std::move(state_->spare.back());
  state_->spare.pop_back();
  return bytes;
}

void Worker::wait() {
  if (state_->thread) {
    const HeldSignals held;
    std::unique_lock lock(state_->mutex);
    state_->wait_until(lock, [&] { return state_->idle(); });
  }
  state_->raise();
}

Worker::Scope::Scope(Worker& worker) : worker_(worker), outermost_(!worker.state_->thread) {
  if (outermost_) {
    worker_.state_->start();
  }
}

Worker::Scope::~Scope() {
  if (outermost_) {
    worker_.state_->stop(true);
  }
}

void Worker::Scope::end() {
  if (outermost_) {
    worker_.state_->stop(false);
    worker_.wait();
  }
}

void Worker::join_all() noexcept {
  for (State* state = State::first; state != nullptr; state = state->next) {
    state->stop(true);
  }
}

}  // namespace rehydra::codec
