#include "codec/text_pipeline.h"

#include <utility>

namespace rehydra::codec {

void TextPipeline::write(ByteBuffer& bytes) {
  const auto task = [](void* target, ByteBuffer& given) {
    TextPipeline& pipeline = self(target);
    pipeline.digest_.add(given.view());
    pipeline.made_.add(given.view());
  };
  worker_.post(this, task, std::exchange(bytes, worker_.buffer()));
}

void TextPipeline::finish() {
  const auto task = [](void* target, ByteBuffer&) { self(target).sha256_ = self(target).digest_.end(); };
  worker_.post(this, task, {});
  worker_.wait();
}

}  // namespace rehydra::codec
