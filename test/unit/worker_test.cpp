// Worker, and what works through it: the zip and the row digests are the same with a thread and without, errors come
// back to the caller, and nobody is left waiting.
#include "codec/worker.h"

#include <gtest/gtest.h>

#include <pthread.h>

#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codec/row_digests.h"
#include "codec/zip_pipeline.h"
#include "codec/zip_writer.h"

namespace rehydra::codec {
namespace {

void append(void* target, ByteBuffer& bytes) {
  static_cast<std::string*>(target)->append(bytes.view());
}

void fail(void*, ByteBuffer&) {
  throw std::runtime_error("the task's");
}

std::vector<std::string> pieces() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < 60; ++i) {
    std::string piece;
    while (piece.size() < i * 4000) {
      piece += "<c r=\"A" + std::to_string(piece.size() * i) + "\"/>";
    }
    all.push_back(std::move(piece));
  }
  return all;
}

// Two entries; what is made is taken as it comes.
template <typename Zip>
std::string zipped(Zip& zip) {
  std::string file;
  for (const char* name : {"first", "second"}) {
    zip.begin(name);
    for (const std::string& piece : pieces()) {
      zip.write(piece);
      const std::string taken(zip.output().substr(0, 10'000));
      file += taken;
      zip.consume(taken.size());
    }
    zip.end();
  }
  zip.finish();
  return file += zip.output();
}

std::string piped(bool threaded) {
  Worker worker;
  ZipPipeline zip(worker);
  std::optional<Worker::Scope> scope;
  if (threaded) {
    scope.emplace(worker);
  }
  std::string file = zipped(zip);
  if (scope) {
    scope->end();
  }
  EXPECT_EQ(hex(zip.sha256()), hex(sha256(file)));
  return file;
}

TEST(Worker, DoesTasksInOrder) {
  Worker worker;
  std::string done, expected;
  Worker::Scope scope(worker);
  for (int i = 0; i < 1000; ++i) {
    ByteBuffer bytes = worker.buffer();
    EXPECT_TRUE(bytes.empty());
    bytes.append(std::to_string(i));
    expected += bytes.view();
    worker.post(&done, append, std::move(bytes));
  }
  worker.wait();
  EXPECT_EQ(done, expected);
  scope.end();
}

TEST(Worker, WorksWithoutAScopeAndInSeveral) {
  Worker worker;
  std::string done;
  worker.post(&done, append, ByteBuffer("a"));
  EXPECT_EQ(done, "a");
  for (const char* text : {"b", "c"}) {
    Worker::Scope outer(worker);
    Worker::Scope inner(worker);
    worker.post(&done, append, ByteBuffer(text));
    inner.end();
    worker.post(&done, append, ByteBuffer(text));
    outer.end();
  }
  EXPECT_EQ(done, "abbcc");
}

TEST(Worker, AnErrorComesBackAndStopsWhatIsBehindIt) {
  Worker worker;
  std::string done;
  {
    Worker::Scope scope(worker);
    EXPECT_THROW(
        {
          worker.post(nullptr, fail, {});
          for (int i = 0; i < 100; ++i) {
            worker.post(&done, append, ByteBuffer("x"));
          }
        },
        std::runtime_error);
    EXPECT_THROW(worker.wait(), std::runtime_error);
    EXPECT_THROW(scope.end(), std::runtime_error);
  }
  EXPECT_EQ(done, "");
}

TEST(Worker, IsJoinedWhenTheCallerUnwinds) {
  std::string done;
  try {
    Worker worker;
    Worker::Scope scope(worker);
    worker.post(&done, append, ByteBuffer("x"));
    throw std::runtime_error("the caller's");
  } catch (const std::runtime_error&) {
  }
  EXPECT_LE(done.size(), 1U);
}

TEST(Worker, IsJoinedWithoutUnwinding) {
  Worker worker;
  std::string done;
  Worker::Scope scope(worker);
  worker.post(&done, append, ByteBuffer("x"));
  Worker::join_all();
  worker.post(&done, append, ByteBuffer("y"));
  EXPECT_EQ(done.back(), 'y');
}

TEST(Worker, TakesNoSignal) {
  Worker worker;
  sigset_t mask;
  sigemptyset(&mask);
  Worker::Scope scope(worker);
  const auto look = [](void* target, ByteBuffer&) {
    pthread_sigmask(SIG_SETMASK, nullptr, static_cast<sigset_t*>(target));
  };
  worker.post(&mask, look, {});
  scope.end();
  EXPECT_EQ(sigismember(&mask, SIGTERM), std::thread::hardware_concurrency() < 2 ? 0 : 1);
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0);
}

// A stack that no address space holds: what a system that is out of threads or memory answers.
TEST(Worker, DoesTheWorkItselfWhereNoThreadIsToBeHad) {
  pthread_attr_t before, huge;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(pthread_attr_init(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 48), 0);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  Worker worker;
  std::thread::id by;
  {
    Worker::Scope scope(worker);
    worker.post(&by,
                [](void* target, ByteBuffer&) { *static_cast<std::thread::id*>(target) = std::this_thread::get_id(); },
                {});
    EXPECT_EQ(by, std::this_thread::get_id());
    EXPECT_TRUE(piped(true) == piped(false));
    EXPECT_THROW(worker.post(nullptr, fail, {}), std::runtime_error);
    scope.end();
  }
  pthread_setattr_default_np(&before);
  pthread_attr_destroy(&huge);
  pthread_attr_destroy(&before);
}

TEST(Worker, TasksThatMayWaitAreDoneWhenTheyAreWaitedForAndWhenTheQueueIsFull) {
  Worker worker;
  std::string done;
  Worker::Scope scope(worker);
  worker.post(&done, append, ByteBuffer("a"), Worker::Start::with_next);
  worker.wait();
  EXPECT_EQ(done, "a");
  const std::string half(600U << 10, 'b');  // two are more than may be queued
  worker.post(&done, append, ByteBuffer(half), Worker::Start::with_next);
  worker.post(&done, append, ByteBuffer(half), Worker::Start::with_next);
  for (int i = 0; i < 100; ++i) {
    worker.post(&done, append, ByteBuffer("c"), Worker::Start::with_next);
  }
  scope.end();
  EXPECT_EQ(done, "a" + half + half + std::string(100, 'c'));
}

TEST(Worker, LargeTasksDoNotAddUp) {
  Worker worker;
  std::string done;
  Worker::Scope scope(worker);
  const std::string large(3U << 20, 'x');
  worker.post(&done, append, ByteBuffer(large));
  EXPECT_EQ(done.size(), large.size());  // done already, so this is no race
  EXPECT_EQ(worker.buffer().capacity(), 0U);
  worker.post(&done, append, ByteBuffer("y"));
  scope.end();
  EXPECT_EQ(done.size(), large.size() + 1);
}

TEST(Worker, GivesSignalsBack) {
  Worker worker;
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  std::string done;
  {
    Worker::Scope scope(worker);
    worker.post(&done, append, worker.buffer());
    worker.wait();
    EXPECT_THROW(
        {
          worker.post(nullptr, fail, {});
          worker.wait();
        },
        std::runtime_error);
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

TEST(ZipPipeline, MakesTheBytesOfAZipWriter) {
  ZipWriter plain;
  const std::string expected = zipped(plain);
  EXPECT_TRUE(piped(false) == expected);
  EXPECT_TRUE(piped(true) == expected);
}

// A C library may take a null pointer for something else than no bytes, as adler32 does.
TEST(ByteBuffer, ItsViewIsNeverOfANullPointer) {
  EXPECT_NE(ByteBuffer().view().data(), nullptr);
  ByteBuffer from("a");
  const ByteBuffer to = std::exchange(from, ByteBuffer());
  EXPECT_NE(from.view().data(), nullptr);
  EXPECT_EQ(to.view(), "a");
}

TEST(ZipPipeline, TakesABufferWithoutACopy) {
  Worker worker;
  ZipPipeline zip(worker), copied(worker);
  ByteBuffer given("<row/>");
  for (ZipPipeline* one : {&zip, &copied}) {
    one->begin("first");
    one == &zip ? one->write(given) : one->write("<row/>");
    one->end();
    one->finish();
  }
  EXPECT_TRUE(given.empty());
  EXPECT_TRUE(zip.output() == copied.output());
}

TEST(RowDigests, AreThoseOfTheDataSetDigest) {
  DatasetDigest plain, fed;
  Worker worker;
  Worker::Scope scope(worker);
  RowDigests rows(fed, worker);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = std::to_string(i);
    plain.value(text);
    rows.value(text);
    plain.null();
    rows.null();
    plain.end_row();
    rows.end_row();
  }
  rows.end();
  scope.end();
  EXPECT_EQ(fed.rows(), plain.rows());
  EXPECT_EQ(hex(fed.sum()), hex(plain.sum()));
}

}  // namespace
}  // namespace rehydra::codec
