// Job: what the writer of every format can do, apart from its cells, which are written without a virtual call
// (RowWriter, JsonRowWriter, CsvRowWriter: the same member functions).
// Callers: the exporter. Use: for each sheet begin_sheet(), rows, end_sheet(); finish(). Bytes may wait in output()
// after each call; the caller takes them whenever it likes (pull, resumable): memory is flat whatever the row count.
#pragma once

#include <cstddef>
#include <string_view>

#include "codec/digest.h"

namespace rehydra::codec {

class Worker;

class FileWriter {
 public:
  virtual ~FileWriter() = default;

  virtual void begin_sheet(std::size_t index) = 0;
  virtual void end_sheet() = 0;
  virtual void finish() = 0;

  // Bytes made and not yet taken, waiting() of them; consume() forgets the first n.
  virtual std::string_view output() = 0;
  virtual std::size_t waiting() const = 0;
  virtual void consume(std::size_t n) = 0;
  virtual Sha256 sha256() const noexcept = 0;  // of the whole file, after finish()

  // Compresses; inside of a Worker::Scope in a thread of its own, and output() then lags behind until finish().
  virtual Worker& worker() noexcept = 0;
};

}  // namespace rehydra::codec
