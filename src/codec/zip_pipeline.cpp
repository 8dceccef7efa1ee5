#include "codec/zip_pipeline.h"

#include <utility>

namespace rehydra::codec {

namespace {

constexpr std::size_t hand_over_bytes = 64U << 10;
constexpr std::size_t small_bytes = 16U << 10;

}  // namespace

// In the worker: what was made leaves the zip writer.
void ZipPipeline::hand_over() {
  const std::string_view bytes = zip_.output();
  digest_.add(bytes);
  made_.add(bytes);
  zip_.consume(bytes.size());
}

void ZipPipeline::begin(std::string_view name) {
  worker_.post(
      this, [](void* target, ByteBuffer& bytes) { self(target).zip_.begin(std::string(bytes.view())); },
      ByteBuffer(name), Worker::Start::with_next);
}

void ZipPipeline::begin_rows(std::string_view name) {
  worker_.post(
      this, [](void* target, ByteBuffer& bytes) { self(target).zip_.begin_rows(std::string(bytes.view())); },
      ByteBuffer(name), Worker::Start::with_next);
}

void ZipPipeline::write(std::string_view bytes) {
  ByteBuffer copy = worker_.buffer();
  copy.append(bytes);
  post(std::move(copy));
}

void ZipPipeline::write(ByteBuffer& bytes) {
  post(std::exchange(bytes, worker_.buffer()));
}

void ZipPipeline::post(ByteBuffer bytes) {
  const auto task = [](void* target, ByteBuffer& given) {
    ZipPipeline& pipeline = self(target);
    pipeline.zip_.write(given.view());
    if (pipeline.zip_.output().size() >= hand_over_bytes) {
      pipeline.hand_over();
    }
  };
  const Worker::Start start = bytes.size() < small_bytes ? Worker::Start::with_next : Worker::Start::now;
  worker_.post(this, task, std::move(bytes), start);
}

void ZipPipeline::end() {
  worker_.post(
      this, [](void* target, ByteBuffer&) { self(target).zip_.end(); }, {}, Worker::Start::with_next);
}

void ZipPipeline::finish() {
  const auto task = [](void* target, ByteBuffer&) {
    ZipPipeline& pipeline = self(target);
    pipeline.zip_.finish();
    pipeline.hand_over();
    pipeline.sha256_ = pipeline.digest_.end();
  };
  worker_.post(this, task, {});
  worker_.wait();
}

}  // namespace rehydra::codec
