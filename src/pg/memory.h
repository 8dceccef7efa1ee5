// Job: memory of both kinds: a server context of our own, and an arena on the C++ heap for datums built outside of the
// guard.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "pg/guard.h"
#include "pg/server_side.h"

namespace rehydra::pg {

// A memory context that goes away with its object. Make it below a context that outlives it.
class Context {
 public:
  Context(MemoryContext parent, const char* name)
      : context_(call([&] { return AllocSetContextCreateInternal(parent, name, ALLOCSET_DEFAULT_SIZES); })) {}
  ~Context() {
    if (context_ != nullptr && !server_side::is_gone()) {
      MemoryContextDelete(context_);
    }
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  MemoryContext get() const noexcept { return context_; }
  void reset() noexcept { MemoryContextReset(context_); }

 private:
  MemoryContext context_;
};

// Switches the current memory context for a scope.
class ContextScope {
 public:
  explicit ContextScope(MemoryContext context) noexcept : before_(MemoryContextSwitchTo(context)) {}
  ~ContextScope() { MemoryContextSwitchTo(before_); }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  MemoryContext before_;
};

// Bump allocation for one batch of rows; everything is freed at once by clear(). Throws std::bad_alloc, never longjmps.
class Arena {
 public:
  void clear() noexcept {
    used_ = 0;
    block_ = 0;
  }

  char* take(std::size_t bytes) {
    const std::size_t wanted = MAXALIGN(bytes);
    while (block_ < blocks_.size() && used_ + wanted > blocks_[block_].size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const std::size_t size = wanted > block_bytes ? wanted : block_bytes;
      blocks_.push_back({std::make_unique<char[]>(size), size});
      used_ = 0;
    }
    char* at = blocks_[block_].bytes.get() + used_;
    used_ += wanted;
    return at;
  }

  Datum varlena(std::string_view bytes) {
    char* at = take(VARHDRSZ + bytes.size());
    SET_VARSIZE(at, VARHDRSZ + bytes.size());
    std::memcpy(at + VARHDRSZ, bytes.data(), bytes.size());
    return PointerGetDatum(at);
  }

  char* cstring(std::string_view text) {
    char* at = take(text.size() + 1);
    std::memcpy(at, text.data(), text.size());
    at[text.size()] = '\0';
    return at;
  }

 private:
  static constexpr std::size_t block_bytes = 256 * 1024;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace rehydra::pg
