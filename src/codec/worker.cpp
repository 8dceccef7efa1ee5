#include "codec/worker.h"

#include <csignal>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace rehydra::codec {

namespace {

constexpr std::size_t most_queued = 4;  // a task has a few hundred kilobytes
constexpr std::size_t most_spare = most_queued + 2;

// The thread inherits the mask: whatever the process has handlers for runs in the caller's thread.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    blocked_ = pthread_sigmask(SIG_SETMASK, &all, &before_) == 0;
  }
  ~BlockedSignals() {
    if (blocked_) {
      pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  explicit operator bool() const noexcept { return blocked_; }

 private:
  sigset_t before_{};
  bool blocked_ = false;
};

}  // namespace

struct Worker::State {
  struct Job {
    void* target;
    Task task;
    std::string bytes;
  };

  State();
  ~State();
  void start();
  void stop(bool drop) noexcept;
  void run() noexcept;
  void do_job(Job& job) noexcept;
  void raise();

  static State* first;  // the caller's thread's alone
  State* next = nullptr;

  std::optional<std::thread> thread;
  std::mutex mutex;
  std::condition_variable has_work, has_room;
  std::deque<Job> queue;
  std::vector<std::string> spare;
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
  const BlockedSignals blocked;
  if (!blocked) {
    return;
  }
  try {
    stopping = false;
    thread.emplace([this] { run(); });
  } catch (const std::system_error&) {
    thread.reset();
  }
}

void Worker::State::stop(bool drop) noexcept {
  if (!thread) {
    return;
  }
  {
    const std::lock_guard lock(mutex);
    stopping = true;
    if (drop) {
      queue.clear();
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
    has_work.wait(lock, [this] { return stopping || !queue.empty(); });
    if (queue.empty()) {
      return;
    }
    Job job = std::move(queue.front());
    queue.pop_front();
    const bool wanted = error == nullptr;
    busy = true;
    lock.unlock();
    if (wanted) {
      do_job(job);
    }
    job.bytes.clear();
    lock.lock();
    busy = false;
    if (spare.size() < most_spare) {
      spare.push_back(std::move(job.bytes));
    }
    has_room.notify_one();
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

void Worker::State::raise() {
  if (error != nullptr) {
    std::rethrow_exception(error);
  }
}

Worker::Worker() : state_(std::make_unique<State>()) {
  state_->spare.reserve(most_spare);
}

Worker::~Worker() = default;

void Worker::post(void* target, Task task, std::string bytes) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  if (!state.thread) {
    state.raise();
    lock.unlock();
    task(target, bytes);
    bytes.clear();
    if (state.spare.size() < most_spare) {
      state.spare.push_back(std::move(bytes));
    }
    return;
  }
  state.has_room.wait(lock, [&] { return state.queue.size() < most_queued; });
  state.raise();
  state.queue.push_back({target, task, std::move(bytes)});
  lock.unlock();
  state.has_work.notify_one();
}

std::string Worker::buffer() {
  const std::lock_guard lock(state_->mutex);
  if (state_->spare.empty()) {
    return {};
  }
  std::string bytes = std::move(state_->spare.back());
  state_->spare.pop_back();
  return bytes;
}

void Worker::wait() {
  std::unique_lock lock(state_->mutex);
  if (state_->thread) {
    state_->has_room.wait(lock, [&] { return state_->queue.empty() && !state_->busy; });
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
