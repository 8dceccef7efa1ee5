#include "codec/text_pipeline.h"

namespace rehydra::codec {

void TextPipeline::write(std::string_view bytes) {
  std::string copy = worker_.buffer();
  copy = bytes;
  const auto task = [](void* target, std::string& given) {
    TextPipeline& pipeline = self(target);
    pipeline.digest_.add(given);
    pipeline.made_.add(given);
  };
  worker_.post(this, task, std::move(copy));
}

void TextPipeline::finish() {
  const auto task = [](void* target, std::string&) { self(target).sha256_ = self(target).digest_.end(); };
  worker_.post(this, task, {});
  worker_.wait();
}

}  // namespace rehydra::codec
