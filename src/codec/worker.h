// Job: one thread beside the caller for pure computation (deflate, digests): tasks in order, through a bounded queue.
// Callers: the writers of files, the row digests, snapshots and the inflater that is ahead post tasks; who drives them
// opens a Scope around the work.
// Promise: the thread lives inside of a Scope only, takes no signal and calls nothing but the tasks; outside of a
// Scope, and where there is no second processor or no thread to be had, post() does the work itself, with the same
// result. What a task throws comes out of a later post(), wait() or Scope::end(); tasks behind it are dropped.
#pragma once

#include <cstddef>
#include <memory>

#include "codec/byte_buffer.h"

namespace rehydra::codec {

class Worker {
 public:
  // May empty the bytes or swap them for others of its own; what remains of them is used again.
  using Task = void (*)(void* target, ByteBuffer& bytes);

  // A small task that others follow is not worth waking the thread: it begins with one of them, or once it is waited
  // for.
  enum class Start : bool { now, with_next };

  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Until wait() the target is the task's alone. Waits while the queue is full, and until the task is done where it has
  // more bytes than the queue may hold, so that large values never add up.
  void post(void* target, Task task, ByteBuffer bytes, Start start = Start::now);
  // An empty buffer, with the memory of one that a task is done with where there is one.
  ByteBuffer buffer();
  // Until all tasks are done.
  void wait();

  // Scopes may stand inside of each other; the outermost has the thread.
  class Scope {
   public:
    explicit Scope(Worker& worker);
    ~Scope();  // without end(): drops what has not begun, and joins
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    void end();  // waits for all tasks, and joins

   private:
    Worker& worker_;
    bool outermost_;
  };

  // For a process that exits without unwinding: joins every thread there is. Member functions hold signals back while
  // they have a lock, so that a signal handler may call this too.
  static void join_all() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehydra::codec
