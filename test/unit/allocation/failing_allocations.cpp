// Job: replace operator new of the program and the allocators of libxml2.
// Callers: see the header. Promise: memory still comes from malloc, so that the sanitizers see every byte.
#include "failing_allocations.h"

#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace rehydra::test {
namespace {

std::atomic<std::uint64_t> left{0};  // allocations that succeed before one fails; 0: not armed
std::atomic<bool> one_only{false};
std::atomic<bool> failed{false};

bool must_fail() noexcept {
  std::uint64_t now = left.load();
  do {
    if (now == 0) {
      return false;
    }
  } while (!left.compare_exchange_weak(now, now == 1 ? (one_only ? 0 : 1) : now - 1));
  if (now == 1) {
    failed = true;
  }
  return now == 1;
}

void* xml_malloc(std::size_t bytes) {
  return must_fail() ? nullptr : std::malloc(bytes);
}
void* xml_realloc(void* old, std::size_t bytes) {
  return must_fail() ? nullptr : std::realloc(old, bytes);
}
char* xml_strdup(const char* text) {
  return must_fail() ? nullptr : strdup(text);
}

}  // namespace

// It tells people about each failure otherwise.
void say_nothing(void*, const char*, ...) {}

void take_over_libxml2() {
  xmlSetGenericErrorFunc(nullptr, say_nothing);
  xmlMemSetup(std::free, xml_malloc, xml_realloc, xml_strdup);
}

FailingAllocations::FailingAllocations(std::uint64_t first, bool only_one) {
  failed = false;
  one_only = only_one;
  left = first;
}
FailingAllocations::~FailingAllocations() {
  left = 0;
}
bool FailingAllocations::happened() noexcept {
  return failed;
}

void* try_to_allocate(std::size_t bytes) noexcept {
  return must_fail() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
}
void* allocate(std::size_t bytes) {
  void* const made = try_to_allocate(bytes);
  if (made == nullptr) {
    throw std::bad_alloc();
  }
  return made;
}

}  // namespace rehydra::test

void* operator new(std::size_t bytes) {
  return rehydra::test::allocate(bytes);
}
void* operator new[](std::size_t bytes) {
  return rehydra::test::allocate(bytes);
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return rehydra::test::try_to_allocate(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return rehydra::test::try_to_allocate(bytes);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
