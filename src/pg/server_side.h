// Job: tell the objects that stand for something of the server's (memory, files, snapshots, statements) that the server
// has taken it back by itself, as it does when a transaction is aborted between two calls of a set-returning function.
// Callers: the destructors of those objects ask; who destroys them behind the server's back holds a Gone.
#pragma once

namespace rehydra::pg::server_side {

// What the object stands for is no more: it is not to be touched.
bool is_gone() noexcept;

class Gone {
 public:
  Gone() noexcept;
  ~Gone();
  Gone(const Gone&) = delete;
  Gone& operator=(const Gone&) = delete;

 private:
  bool before_;
};

}  // namespace rehydra::pg::server_side
