#include "codec/zip_pipeline.h"

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

void ZipPipeline::begin(std::string name) {
  worker_.post(
      this, [](void* target, std::string& bytes) { self(target).zip_.begin(bytes); }, std::move(name),
      Worker::Start::with_next);
}

void ZipPipeline::begin_rows(std::string name) {
  worker_.post(
      this, [](void* target, std::string& bytes) { self(target).zip_.begin_rows(bytes); }, std::move(name),
      Worker::Start::with_next);
}

void ZipPipeline::write(std::string_view bytes) {
  std::string copy = worker_.buffer();
  copy = bytes;
  const auto task = [](void* target, std::string& given) {
    ZipPipeline& pipeline = self(target);
    pipeline.zip_.write(given);
    if (pipeline.zip_.output().size() >= hand_over_bytes) {
      pipeline.hand_over();
    }
  };
  worker_.post(this, task, std::move(copy), bytes.size() < small_bytes ? Worker::Start::with_next : Worker::Start::now);
}

void ZipPipeline::end() {
  worker_.post(
      this, [](void* target, std::string&) { self(target).zip_.end(); }, {}, Worker::Start::with_next);
}

void ZipPipeline::finish() {
  const auto task = [](void* target, std::string&) {
    ZipPipeline& pipeline = self(target);
    pipeline.zip_.finish();
    pipeline.hand_over();
    pipeline.sha256_ = pipeline.digest_.end();
  };
  worker_.post(this, task, {});
  worker_.wait();
}

}  // namespace rehydra::codec
