// Job: read a file of the server's, below the folder that rehydra.server_folder names.
// Callers: entry/upload.cpp, for operators.
// Promise: no way leads out of the folder: neither "..", nor a link in any place of the name; what is no plain file is
// none. An error does not tell what there is outside.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace rehydra::pg {

class ServerFile {
 public:
  // name: below the folder. Failure(denied) where there is no folder, Failure(bad_argument) where there is no such
  // file.
  ServerFile(const std::string& folder, const std::string& name);
  ~ServerFile();
  ServerFile(const ServerFile&) = delete;
  ServerFile& operator=(const ServerFile&) = delete;

  // Piece by piece. Failure(io_error).
  void read(const std::function<void(std::string_view)>& sink) const;

 private:
  int descriptor_ = -1;
  std::string name_;
};

}  // namespace rehydra::pg
