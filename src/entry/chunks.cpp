// Job: rehydra_export_chunks(same arguments as rehydra_export): the same bytes, 1 MiB a call.
// Promise: between two calls the session is as it was, and what it does in between (other statements, savepoints rolled
// back, other roles and settings) changes nothing of what is read. The reader may stop at any time.
#include <memory>
#include <new>
#include <utility>

#include "codec/worker.h"
#include "entry/export_request.h"
#include "entry/refusal.h"
#include "exporter/export_stream.h"
#include "pg/memory.h"
#include "pg/read_snapshot.h"
#include "pg/server_side.h"
#include "pg/spi.h"

namespace rehydra::entry {
namespace {

constexpr std::size_t piece_bytes = 1U << 20;

// What lies between two calls: plain data in memory of its own, which goes with the statement's.
struct Chunks {
  MemoryContext memory = nullptr;
  FmgrInfo* function = nullptr;
  ExprContext* reader = nullptr;
  exporter::ExportStream* stream = nullptr;
  pg::Progress progress;
  MemoryContextCallback on_abort{};
};

// The transaction was aborted between two calls: the server has taken back all that was its own.
extern "C" void rehydra_chunks_aborted(void* argument) {
  auto& chunks = *static_cast<Chunks*>(argument);
  const pg::server_side::Gone gone;
  delete std::exchange(chunks.stream, nullptr);
}

void close(Chunks* chunks) {
  chunks->function->fn_extra = nullptr;
  MemoryContextDelete(chunks->memory);
}

Chunks& chunks_of(const Call& call) {
  return *static_cast<Chunks*>(call.info()->flinfo->fn_extra);
}

Datum stop(const Call& call) {
  Chunks& chunks = chunks_of(call);
  chunks.progress.lasts = false;
  // Where a cursor is closed, or the transaction commits, there is no snapshot.
  const pg::ReadSnapshot view;
  const pg::ReadSnapshot::Scope scope(view);
  pg::Spi spi;
  std::unique_ptr<exporter::ExportStream> stream(std::exchange(chunks.stream, nullptr));
  stream->stop();
  stream.reset();
  spi.finish();
  return 0;
}

// The statement ends, or begins anew, before the last chunk was asked for.
extern "C" void rehydra_chunks_stopped(Datum argument) {
  auto* chunks = reinterpret_cast<Chunks*>(DatumGetPointer(argument));
  if (chunks->stream != nullptr) {
    FmgrInfo function{};
    function.fn_extra = chunks;
    LOCAL_FCINFO(info, 0);
    InitFunctionCallInfoData(*info, &function, 0, InvalidOid, nullptr, nullptr);
    (void)run_call(info, stop, chunks->memory, chunks->progress);
  }
  close(chunks);
}

// No C++ object is alive.
Chunks* begin(FunctionCallInfo info) {
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  if (result == nullptr || !IsA(result, ReturnSetInfo) || (result->allowedModes & SFRM_ValuePerCall) == 0) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("set-valued function called in a context that cannot accept a set")));
  }
  MemoryContext memory = AllocSetContextCreateInternal(info->flinfo->fn_mcxt, "rehydra chunks", ALLOCSET_DEFAULT_SIZES);
  auto* chunks = new (MemoryContextAlloc(memory, sizeof(Chunks))) Chunks;
  chunks->memory = memory;
  chunks->function = info->flinfo;
  chunks->reader = result->econtext;
  chunks->on_abort.func = rehydra_chunks_aborted;
  chunks->on_abort.arg = chunks;
  MemoryContextRegisterResetCallback(memory, &chunks->on_abort);
  RegisterExprContextCallback(chunks->reader, rehydra_chunks_stopped, PointerGetDatum(chunks));
  info->flinfo->fn_extra = chunks;
  return chunks;
}

std::unique_ptr<exporter::ExportStream> open(const Call& call, MemoryContext memory) {
  require_writable();
  return logging_refusals("export", call.any_text(0), [&] {
    const pg::ContextScope scope(memory);
    exporter::Request request = export_request(call);
    request.streamed = true;
    return std::make_unique<exporter::ExportStream>(request, cancel_flag(), memory);
  });
}

std::string next_piece(exporter::ExportStream& stream) {
  std::string piece, chunk;
  piece.reserve(piece_bytes);
  codec::Worker::Scope work(stream.worker());
  while (piece.size() + exporter::ExportStream::chunk_bytes <= piece_bytes && stream.next(chunk)) {
    piece += chunk;
  }
  work.end();
  return piece;
}

Datum give(const std::string& piece) {
  const pg::ContextScope scope(result_context());
  return pg::call(
      [&] { return PointerGetDatum(cstring_to_text_with_len(piece.data(), static_cast<int>(piece.size()))); });
}

// An error ends the stream: it is kept for the next call only where this one went well.
Datum next(const Call& call) {
  Chunks& chunks = chunks_of(call);
  pg::Spi spi;
  std::unique_ptr<exporter::ExportStream> stream(std::exchange(chunks.stream, nullptr));
  if (stream == nullptr) {
    stream = open(call, chunks.memory);
  }
  const std::string piece = next_piece(*stream);
  chunks.progress.lasts = !piece.empty();
  const Datum value = piece.empty() ? 0 : give(piece);
  if (piece.empty()) {
    stream.reset();
  }
  spi.finish();
  chunks.stream = stream.release();
  return value;
}

Datum run_next(FunctionCallInfo info) {
  auto* chunks = static_cast<Chunks*>(info->flinfo->fn_extra);
  if (chunks == nullptr) {
    chunks = begin(info);
  }
  const Datum value = run_call(info, next, chunks->memory, chunks->progress);
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  if (chunks->stream != nullptr) {
    result->isDone = ExprMultipleResult;
    return value;
  }
  UnregisterExprContextCallback(chunks->reader, rehydra_chunks_stopped, PointerGetDatum(chunks));
  close(chunks);
  result->isDone = ExprEndResult;
  info->isnull = true;
  return 0;
}

}  // namespace
}  // namespace rehydra::entry

extern "C" {
PG_FUNCTION_INFO_V1(rehydra_export_chunks);
REHYDRA_EXPORT Datum rehydra_export_chunks(PG_FUNCTION_ARGS) {
  return rehydra::entry::run_next(fcinfo);
}
}
