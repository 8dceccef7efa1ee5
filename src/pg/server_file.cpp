#include "pg/server_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "core/error.h"

namespace rehydra::pg {

namespace {

constexpr std::size_t piece_bytes = 1U << 20;

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const noexcept { return number_; }
  void become(int number) noexcept { const Descriptor old(std::exchange(number_, number)); }
  int take() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

[[noreturn]] void no_such_file(const std::string& name) {
  throw Failure(ErrorKind::bad_argument, "there is no plain file \"" + name + "\" in the server's folder for imports",
                "Name it from that folder on (rehydra.server_folder), without links and \"..\".");
}

std::vector<std::string> steps_of(const std::string& name) {
  std::vector<std::string> steps;
  std::size_t from = 0;
  for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
    to = name.find('/', from);
    steps.push_back(name.substr(from, to == std::string::npos ? to : to - from));
    if (steps.back().empty() || steps.back() == "." || steps.back() == ".." ||
        steps.back().find('\0') != std::string::npos) {
      no_such_file(name);
    }
  }
  return steps;
}

// One step at a time, each without following a link: the folder above is the one that was opened, whatever is renamed.
int open_below(const std::string& folder, const std::string& name) {
  const std::vector<std::string> steps = steps_of(name);
  Descriptor at(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; at.number() >= 0 && i < steps.size(); ++i) {
    const int kind = i + 1 < steps.size() ? O_DIRECTORY : O_NONBLOCK;  // a pipe must not be waited for
    at.become(openat(at.number(), steps[i].c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind));
  }
  struct stat facts {};
  if (at.number() < 0 || fstat(at.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    no_such_file(name);
  }
  return at.take();
}

}  // namespace

ServerFile::ServerFile(const std::string& folder, const std::string& name) : name_(name) {
  if (folder.empty() || folder.front() != '/') {
    throw Failure(ErrorKind::denied, "the server has no folder for imports",
                  "A superuser names one: rehydra.server_folder = '/srv/imports'.");
  }
  descriptor_ = open_below(folder, name);
}

ServerFile::~ServerFile() {
  close(descriptor_);
}

void ServerFile::read(const std::function<void(std::string_view)>& sink) const {
  std::string piece(piece_bytes, '\0');
  for (off_t at = 0;;) {
    const ssize_t count = pread(descriptor_, piece.data(), piece.size(), at);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw Failure(ErrorKind::io_error, "cannot read \"" + name_ + "\": " + std::strerror(errno));
    }
    if (count == 0) {
      return;
    }
    sink({piece.data(), static_cast<std::size_t>(count)});
    at += count;
  }
}

}  // namespace rehydra::pg
