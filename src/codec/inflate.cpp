// Job: see the header.
#include "codec/inflate.h"

#include <algorithm>

#include "codec/inflate_ahead.h"
#include "codec/inflater.h"

namespace rehydra::codec {
namespace {

constexpr std::uint64_t ratio_counts_from = 1 << 20;
constexpr std::size_t worth_a_thread = 64U << 10;  // packed

[[noreturn]] void damaged(std::string_view part, const char* what) {
  throw Failure(ErrorKind::bad_file, "part " + std::string(part) + " of the workbook is damaged: " + what,
                "Upload the xlsx file as it was exported or saved.");
}

class StoredBytes : public InflatedStream {
 public:
  explicit StoredBytes(const ZipEntry& entry) : rest_(entry.data) {}

  bool step(char* to, std::size_t capacity, std::size_t& made) override {
    made = rest_.copy(to, capacity);
    rest_.remove_prefix(made);
    return true;
  }
  bool used_all() const override { return rest_.empty(); }

 private:
  std::string_view rest_;
};

class InflatedHere : public InflatedStream {
 public:
  explicit InflatedHere(const ZipEntry& entry) : rest_(entry.data) {}

  bool step(char* to, std::size_t capacity, std::size_t& made) override {
    Inflater::Step step = inflater_->step(to, capacity, made);
    while (step == Inflater::Step::wants_input && !rest_.empty()) {
      const std::string_view packed = rest_.substr(0, Inflater::largest_step);
      rest_.remove_prefix(packed.size());
      inflater_->feed(packed);
      step = inflater_->step(to, capacity, made);
    }
    return step == Inflater::Step::made || step == Inflater::Step::ended;
  }
  bool used_all() const override { return rest_.empty() && inflater_->used_all(); }

 private:
  std::unique_ptr<Inflater> inflater_ = make_inflater();
  std::string_view rest_;
};

std::unique_ptr<InflatedStream> open_stream(const ZipEntry& entry) {
  if (entry.method == ZipMethod::stored) {
    return std::make_unique<StoredBytes>(entry);
  }
  if (entry.data.size() < worth_a_thread) {
    return std::make_unique<InflatedHere>(entry);
  }
  return std::make_unique<InflaterAhead>(entry.data);
}

}  // namespace

EntrySource::EntrySource(const ZipEntry& entry, Budget& inflated, Cancel cancel, HeldPart held)
    : name_(entry.name),
      stated_bytes_(entry.inflated_bytes),
      packed_bytes_(entry.data.size()),
      stated_crc_(entry.crc32),
      inflated_(inflated),
      cancel_(cancel),
      held_(held),
      stream_(open_stream(entry)) {}

EntrySource::~EntrySource() = default;

std::size_t EntrySource::read(char* to, std::size_t capacity) {
  cancel_.poll();
  std::size_t made = 0;
  if (!stream_->step(to, std::min(capacity, Inflater::largest_step), made)) {
    damaged(name_, "its compressed bytes are broken or cut off");
  }
  if (made == 0) {
    check_end();
    return 0;
  }
  count(made);
  crc_ = add_to_crc(crc_, to, made);
  return made;
}

void EntrySource::count(std::size_t bytes) {
  bytes_ += bytes;
  inflated_.take(bytes);
  if (bytes_ > held_.bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "part " + name_ + " is larger than the " + std::to_string(held_.bytes) +
                      " bytes that rehydra.max_held_part_bytes allows",
                  "Raise rehydra.max_held_part_bytes, or remove styles and other extras from the workbook.");
  }
  if (bytes_ > ratio_counts_from && bytes_ / held_.ratio > packed_bytes_) {
    throw Failure(ErrorKind::limit_exceeded,
                  "part " + name_ + " inflates to more than the " + std::to_string(held_.ratio) +
                      " times its size that rehydra.max_held_part_ratio allows",
                  "Raise rehydra.max_held_part_ratio if the file comes from a source that you trust.");
  }
  if (bytes_ > stated_bytes_) {
    damaged(name_, "it is longer than the container says");
  }
}

void EntrySource::check_end() const {
  if (bytes_ != stated_bytes_ || !stream_->used_all()) {
    damaged(name_, "its size is not what the container says");
  }
  if (crc_ != stated_crc_) {
    damaged(name_, "its checksum is wrong");
  }
}

}  // namespace rehydra::codec
