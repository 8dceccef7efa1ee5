#include "entry/shell.h"

#include "codec/worker.h"
#include "pg/bytes.h"
#include "pg/exit.h"
#include "pg/home.h"
#include "pg/memory.h"

extern "C" {
#include "utils/array.h"
#include "utils/jsonb.h"
}

namespace rehydra::entry {

namespace {

MemoryContext caller_context = nullptr;

const char* text_of(Datum value) {
  return text_to_cstring(DatumGetTextPP(value));
}

Datum run_inner(FunctionCallInfo info, Body body, pg::PendingError& pending) noexcept {
  try {
    pg::call_at_exit(&codec::Worker::join_all);
    return body(Call(info));
  } catch (...) {
    pg::capture_current_exception(pending);
    return 0;
  }
}

}  // namespace

Datum run(FunctionCallInfo info, Body body) {
  pg::Progress progress;
  return run_call(info, body, CurTransactionContext, progress);
}

Datum run_call(FunctionCallInfo info, Body body, MemoryContext lasting, pg::Progress& progress) {
  // A trigger inside an import may call another of our functions: each has its own contexts.
  MemoryContext result_before = caller_context;
  MemoryContext errors_before = pg::error_context();
  const pg::Home home_before = pg::home();
  caller_context = CurrentMemoryContext;
  pg::set_home({lasting, CurrentResourceOwner});
  pg::set_error_context(CurrentMemoryContext);
  progress.start();
  pg::PendingError pending;
  const Datum result = run_inner(info, body, pending);
  progress.end(pending);
  MemoryContextSwitchTo(caller_context);
  caller_context = result_before;
  pg::set_home(home_before);
  pg::set_error_context(errors_before);
  if (pending.set) {
    pg::raise(pending);
  }
  return result;
}

MemoryContext result_context() noexcept {
  return caller_context;
}

void begin_rows(const Call& call) {
  const pg::ContextScope scope(result_context());
  pg::call([&] { InitMaterializedSRF(call.info(), 0); });
}

Datum uuid_datum(const std::string& id) {
  return pg::call([&] {
    MemoryContext before = MemoryContextSwitchTo(result_context());
    const Datum uuid = DirectFunctionCall1(uuid_in, CStringGetDatum(id.c_str()));
    MemoryContextSwitchTo(before);
    return uuid;
  });
}

Cancel cancel_flag() {
  return Cancel(+[]() noexcept {
    return (InterruptPending != 0 && (QueryCancelPending != 0 || ProcDiePending != 0)) || pg::cancel_asked();
  });
}

void require_writable() {
  if (RecoveryInProgress() || XactReadOnly) {
    pg::call([] {
      ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
                      errmsg("cannot run a rehydra operation in a read-only transaction"),
                      errhint("Every operation is recorded in rehydra.activity_log: run it on the primary, in a "
                              "transaction that may write.")));
    });
  }
}

std::optional<std::string> Call::text(int argument) const {
  if (is_null(argument)) {
    return std::nullopt;
  }
  return pg::call([&] { return text_of(info_->args[argument].value); });
}

bool Call::boolean(int argument, bool standard) const noexcept {
  return is_null(argument) ? standard : DatumGetBool(info_->args[argument].value);
}

std::optional<std::vector<std::string>> Call::text_array(int argument) const {
  if (is_null(argument)) {
    return std::nullopt;
  }
  Datum* values = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  pg::call([&] {
    deconstruct_array(DatumGetArrayTypeP(info_->args[argument].value), TEXTOID, -1, false, TYPALIGN_INT, &values,
                      &nulls, &count);
  });
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    if (nulls[i]) {
      throw Failure(ErrorKind::bad_argument, "the list of data sets has a NULL in it",
                    "Name tables, or pass NULL for all.");
    }
    texts.emplace_back(pg::call([&] { return text_of(values[i]); }));
  }
  return texts;
}

std::string Call::json(int argument) const {
  if (is_null(argument)) {
    return "{}";
  }
  return pg::call([&] {
    Jsonb* value = DatumGetJsonbP(info_->args[argument].value);
    return static_cast<const char*>(JsonbToCString(nullptr, &value->root, VARSIZE(value)));
  });
}

std::optional<std::string> Call::json_if_any(int argument) const {
  return is_null(argument) ? std::nullopt : std::optional<std::string>(json(argument));
}

std::optional<std::string> Call::any_text(int argument) const {
  if (is_null(argument)) {
    return std::nullopt;
  }
  return pg::call([&] {
    Oid output = InvalidOid;
    bool is_varlena = false;
    getTypeOutputInfo(get_fn_expr_argtype(info_->flinfo, argument), &output, &is_varlena);
    return static_cast<const char*>(OidOutputFunctionCall(output, info_->args[argument].value));
  });
}

std::string_view Call::bytes(int argument, const char* what) const {
  if (is_null(argument)) {
    throw Failure(ErrorKind::bad_argument, std::string(what) + " is NULL", "Pass the workbook's bytes.");
  }
  return pg::bytes_of(info_->args[argument].value);
}

}  // namespace rehydra::entry
