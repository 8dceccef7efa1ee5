#include "codec/row_digests.h"

#include <utility>

namespace rehydra::codec {

void RowDigests::post(Worker::Start start) {
  const auto task = [](void* target, ByteBuffer& bytes) {
    auto& digest = *static_cast<DatasetDigest*>(target);
    std::string_view left = bytes.view();
    while (!left.empty()) {
      std::size_t size = 0;
      std::memcpy(&size, left.data(), sizeof size);
      digest.row(left.substr(sizeof size, size));
      left.remove_prefix(sizeof size + size);
    }
  };
  worker_.post(&digest_, task, std::exchange(rows_, worker_.buffer()), start);
}

}  // namespace rehydra::codec
