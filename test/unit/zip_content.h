// Job: read the parts of a zip file with minizip, an implementation that is not ours.
// Callers: unit tests of the writers. Promise: CRC and sizes are checked by it.
#pragma once

#include <minizip/unzip.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace rehydra::test {

struct ZipContent {
  std::vector<std::string> names;  // in the directory's order
  std::map<std::string, std::string> parts;
};

inline std::string read_part(unzFile zip) {
  std::string bytes;
  char buffer[65'536];
  int got = unzOpenCurrentFile(zip);
  while (got >= 0 && (got = unzReadCurrentFile(zip, buffer, sizeof buffer)) > 0) {
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
  if (got < 0 || unzCloseCurrentFile(zip) != UNZ_OK) {
    throw std::runtime_error("a part of the zip is damaged");
  }
  return bytes;
}

inline ZipContent read_zip(const std::string& bytes) {
  char path[] = "/tmp/rehydra_zip_XXXXXX";
  const int file = mkstemp(path);
  const bool written = write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  unzFile zip = written ? unzOpen64(path) : nullptr;
  close(file);
  unlink(path);
  if (zip == nullptr) {
    throw std::runtime_error("no zip");
  }
  ZipContent content;
  for (int more = unzGoToFirstFile(zip); more == UNZ_OK; more = unzGoToNextFile(zip)) {
    char name[256];
    unzGetCurrentFileInfo64(zip, nullptr, name, sizeof name, nullptr, 0, nullptr, 0);
    content.names.emplace_back(name);
    content.parts[name] = read_part(zip);
  }
  unzClose(zip);
  return content;
}

}  // namespace rehydra::test
