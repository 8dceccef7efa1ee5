// Job: see the header.
// Callers: frame.cpp.
// Promise: "[Content_Types].xml" comes first; some programs look for it there.
#include "codec/frame/frame_parts.h"

#include <minizip/unzip.h>

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>

#include "core/error.h"

namespace rehydra::codec::frame {
namespace {

constexpr std::size_t read_bytes = 64U << 10;
constexpr const char* content_types = "[Content_Types].xml";

struct CloseZip {
  void operator()(void* zip) const noexcept { unzClose(zip); }
};
using Zip = std::unique_ptr<std::remove_pointer_t<unzFile>, CloseZip>;

[[noreturn]] void incomplete(const std::string& what) {
  throw Failure(ErrorKind::io_error, "the workbook's frame is incomplete: " + what,
                "Free some space in the server's temporary directory.");
}

void require_ok(int returned, const char* step) {
  if (returned != UNZ_OK) {
    incomplete(step);
  }
}

std::string read_bytes_of_current(unzFile zip) {
  require_ok(unzOpenCurrentFile(zip), "a part does not open");
  std::string bytes;
  std::array<char, read_bytes> buffer;
  int got = 0;
  while ((got = unzReadCurrentFile(zip, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  require_ok(got, "a part does not inflate");
  require_ok(unzCloseCurrentFile(zip), "a part's CRC differs");
  return bytes;
}

Part read_current(unzFile zip) {
  std::array<char, 256> name{};
  require_ok(unzGetCurrentFileInfo64(zip, nullptr, name.data(), name.size() - 1, nullptr, 0, nullptr, 0),
             "a part has no name");
  Part part{name.data(), read_bytes_of_current(zip)};
  if (!is_complete(part.bytes)) {
    incomplete("part \"" + part.name + "\" does not end");
  }
  return part;
}

}  // namespace

bool is_complete(std::string_view xml) {
  const std::size_t declaration = xml.starts_with("<?") ? xml.find("?>") : 0;
  const std::size_t start = declaration == std::string_view::npos ? declaration : xml.find('<', declaration);
  const std::size_t last = xml.find_last_not_of("\r\n");
  if (start == std::string_view::npos || last == std::string_view::npos) {
    return false;
  }
  xml = xml.substr(start + 1, last - start);
  const std::string_view name = xml.substr(0, xml.find_first_of(" />\r\n"));
  const std::string closing = "</" + std::string(name) + ">";
  return !name.empty() && xml.ends_with(closing);
}

std::vector<Part> read_parts(const std::string& path) {
  const Zip zip(unzOpen64(path.c_str()));
  if (!zip) {
    incomplete("it does not open");
  }
  std::vector<Part> parts;
  int returned = unzGoToFirstFile(zip.get());
  for (; returned == UNZ_OK; returned = unzGoToNextFile(zip.get())) {
    parts.push_back(read_current(zip.get()));
  }
  if (returned != UNZ_END_OF_LIST_OF_FILE) {
    incomplete("its directory is damaged");
  }
  const auto first =
      std::find_if(parts.begin(), parts.end(), [](const Part& part) { return part.name == content_types; });
  if (first == parts.end()) {
    incomplete("it has no content types");
  }
  std::rotate(parts.begin(), first, first + 1);
  return parts;
}

}  // namespace rehydra::codec::frame
