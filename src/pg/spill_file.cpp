#include "pg/spill_file.h"

#include "pg/guard.h"
#include "pg/home.h"
#include "pg/server_side.h"

namespace rehydra::pg {

namespace {

class SpillFile : public Spill {
 public:
  SpillFile() {
    const HomeScope home_scope;
    file_ = call([] {
      MemoryContext before = MemoryContextSwitchTo(home().context);
      BufFile* file = BufFileCreateTemp(false);
      MemoryContextSwitchTo(before);
      return file;
    });
  }
  ~SpillFile() override {
    if (!server_side::is_gone()) {
      BufFileClose(file_);
    }
  }

  void append(std::string_view bytes) override {
    call([&] {
      seek(size_);
      BufFileWrite(file_, const_cast<char*>(bytes.data()), bytes.size());
    });
    size_ += bytes.size();
    at_ = size_;
  }

  void read(std::uint64_t offset, char* to, std::size_t bytes) override {
    call([&] {
      seek(offset);
      if (BufFileRead(file_, to, bytes) != bytes) {
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from temporary file")));
      }
    });
    at_ = offset + bytes;
  }

  std::uint64_t size() const override { return size_; }

 private:
  // Segments are 1 GiB inside the server: a plain seek by offset stays below that only from the start of each.
  void seek(std::uint64_t offset) {
    if (offset == at_) {
      return;
    }
    constexpr std::uint64_t segment = 0x40000000;
    if (BufFileSeek(file_, static_cast<int>(offset / segment), static_cast<off_t>(offset % segment), SEEK_SET) != 0) {
      ereport(ERROR, (errcode_for_file_access(), errmsg("could not seek in temporary file")));
    }
  }

  BufFile* file_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
};

}  // namespace

SpillFactory spill_files() {
  return [] { return std::make_unique<SpillFile>(); };
}

const char* temporary_directory() {
  return call([] {
    char* path = static_cast<char*>(palloc(MAXPGPATH));
    TempTablespacePath(path, InvalidOid);
    // The server makes the folder when it first spills; the frame may come before that.
    (void)MakePGDirectory(path);
    return static_cast<const char*>(path);
  });
}

}  // namespace rehydra::pg
