#include "ledger/block_pipeline.h"

#include <utility>

#include "codec/held_signals.h"

namespace rehydra::ledger {

namespace {

BlockPipeline& self(void* target) noexcept {
  return *static_cast<BlockPipeline*>(target);
}

}  // namespace

void BlockPipeline::hand_over() {
  handed_over_ += rows_.size();
  worker_.post(
      this, [](void* target, codec::ByteBuffer& bytes) { self(target).deflater_.write(bytes.view()); },
      std::exchange(rows_, worker_.buffer()));
}

void BlockPipeline::end() {
  hand_over();
  const auto task = [](void* target, codec::ByteBuffer&) {
    BlockPipeline& pipeline = self(target);
    std::string block = pipeline.deflater_.end();
    const std::lock_guard lock(pipeline.mutex_);
    pipeline.made_.push_back(std::move(block));
  };
  worker_.post(this, task, {});
  counts_.push_back(count_);
  count_ = 0;
  handed_over_ = 0;
}

std::optional<BlockPipeline::Block> BlockPipeline::take() {
  const codec::HeldSignals held;  // the worker may want the lock, see Worker::join_all
  const std::lock_guard lock(mutex_);
  if (made_.empty()) {
    return std::nullopt;
  }
  Block block{std::move(made_.front()), counts_.front()};
  made_.pop_front();
  counts_.pop_front();
  return block;
}

}  // namespace rehydra::ledger
