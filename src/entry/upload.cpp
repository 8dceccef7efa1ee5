// Job: rehydra_import_begin, _add, _run, _preview, _diff and _abort: files that come in pieces, or lie on the server.
// Promise: an upload is its role's and its customer's alone; to everybody else there is none. A large object is read as
// the caller, a file of the server's for operators only.
#include "ledger/upload.h"
#include "entry/import_request.h"
#include "entry/options.h"
#include "pg/bytes.h"
#include "pg/cursor.h"
#include "pg/mapped_file.h"
#include "pg/memory.h"
#include "pg/server_file.h"
#include "pg/upload_settings.h"
#include "registry/tenancy.h"

namespace rehydra::entry {
namespace {

constexpr std::size_t large_object_piece = 1 << 20;

[[noreturn]] void no_such_upload(const std::string& id) {
  throw Failure(ErrorKind::denied, "there is no upload " + id + " of this role and customer",
                "SELECT * FROM rehydra.uploads;");
}

void require_size(std::uint64_t bytes) {
  const std::uint64_t most = pg::file_limits().input_bytes;
  if (bytes > most) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the file has more than the " + std::to_string(most) + " bytes that rehydra.max_input_bytes allows",
                  "Raise rehydra.max_input_bytes, or export fewer data sets a file.");
  }
}

std::string given_id(const Call& call) {
  const std::optional<std::string> id = call.any_text(0);
  if (!id) {
    throw Failure(ErrorKind::bad_argument, "upload_id is NULL", "It is what rehydra_import_begin() returned.");
  }
  return *id;
}

// Whether the session may act for the upload's customer. Mostly it spells the customer as the upload does.
bool acts_for(const ledger::Upload& upload) {
  if (pg::session_tenant() == upload.customer_id) {
    return true;
  }
  try {
    const registry::Model model = registry::load(upload.model, CurrentMemoryContext);
    return registry::resolve_tenant(model, upload.customer_id).id == upload.customer_id;
  } catch (const Failure&) {
    return false;
  }
}

std::optional<ledger::Upload> find_own(const std::string& id, ledger::UploadLock lock) {
  const std::optional<ledger::Upload> upload = ledger::find_upload(id, ledger::UploadLock::none);
  if (!upload || upload->role != GetUserId() || !acts_for(*upload)) {
    return std::nullopt;  // somebody else's is not locked either
  }
  return lock == ledger::UploadLock::none ? upload : ledger::find_upload(id, lock);
}

ledger::Upload require_own(const std::string& id, ledger::UploadLock lock) {
  std::optional<ledger::Upload> upload = find_own(id, lock);
  if (!upload) {
    no_such_upload(id);
  }
  return *std::move(upload);
}

void require_room(const ledger::Upload& upload) {
  if (ledger::count_uploads(upload.model, upload.customer_id) >= pg::most_uploads()) {
    throw Failure(ErrorKind::limit_exceeded,
                  "customer " + upload.customer_id + " has the " + std::to_string(pg::most_uploads()) +
                      " uploads that rehydra.max_uploads allows",
                  "Run or abort one of them: SELECT * FROM rehydra.uploads;");
  }
}

void require_one_source(const ledger::Upload& upload) {
  if (upload.large_object && upload.server_file) {
    throw Failure(ErrorKind::bad_argument, "an upload is of a large object or of a server file, not of both",
                  "Leave one of them out.");
  }
}

std::string begin(const Call& call) {
  const Options options(call.json(3), {"model"});
  ledger::Upload upload;
  if (!call.is_null(1)) {
    upload.large_object = DatumGetObjectId(call.info()->args[1].value);
  }
  upload.server_file = call.text(2);
  require_one_source(upload);
  if (upload.server_file) {
    registry::require_operator();
    const pg::ServerFile file(pg::server_folder(), *upload.server_file);
  }
  const registry::Model model = registry::load(options.text("model").value_or(""), CurrentMemoryContext);
  upload.model = model.name;
  upload.customer_id = registry::resolve_tenant(model, call.text(0)).id;
  upload.role = GetUserId();
  ledger::drop_old_uploads(pg::upload_hours());
  require_room(upload);
  return ledger::begin_upload(upload);
}

Datum import_begin(const Call& call) {
  require_writable();
  pg::Spi spi;
  const Datum id = uuid_datum(begin(call));
  spi.finish();
  return id;
}

Datum import_add(const Call& call) {
  const std::string id = given_id(call);
  const std::string_view piece = call.bytes(1, "piece");
  require_writable();
  pg::Spi spi;
  const ledger::Upload upload = require_own(id, ledger::UploadLock::write);
  if (!upload.in_pieces()) {
    throw Failure(ErrorKind::bad_argument, "upload " + id + " is of a file on the server and takes no pieces",
                  "Run it, or begin another one.");
  }
  std::uint64_t position = upload.bytes;
  if (!call.is_null(2)) {
    const std::int64_t given = DatumGetInt64(call.info()->args[2].value);
    if (given < 0) {
      throw Failure(ErrorKind::bad_argument, "at_byte is negative", "The first byte of a file is at 0.");
    }
    position = static_cast<std::uint64_t>(given);
  }
  require_size(position + piece.size());
  const std::uint64_t bytes = ledger::add_to_upload(upload, position, piece);
  spi.finish();
  return pg::call([&] { return Int64GetDatum(static_cast<std::int64_t>(bytes)); });
}

void take(pg::MappedFile& file, std::string_view bytes) {
  require_size(file.size() + bytes.size());
  file.append(bytes);
}

// As the caller, whose right to read it the server checks.
void read_large_object(Oid object, pg::MappedFile& file) {
  for (bool more = true; more;) {
    pg::Context memory(CurrentMemoryContext, "rehydra large object");
    const pg::ContextScope scope(memory.get());
    pg::Cursor cursor("SELECT pg_catalog.lo_get($1, $2, $3)", pg::Args()
                                                                  .datum(OIDOID, ObjectIdGetDatum(object))
                                                                  .integer(static_cast<std::int64_t>(file.size()))
                                                                  .datum(INT4OID, Int32GetDatum(large_object_piece)));
    (void)cursor.fetch();
    const std::string_view piece = pg::bytes_of(cursor.value(0, 0));
    take(file, piece);
    more = piece.size() == large_object_piece;
    cursor.close();
  }
}

void read_source(const ledger::Upload& upload, pg::MappedFile& file) {
  const auto sink = [&](std::string_view bytes) { take(file, bytes); };
  if (upload.large_object) {
    read_large_object(*upload.large_object, file);
  } else if (upload.server_file) {
    registry::require_operator();
    pg::ServerFile(pg::server_folder(), *upload.server_file).read(sink);
  } else {
    ledger::read_upload(upload, sink);
  }
}

// The upload's bytes, model and customer. file outlives the request.
void fill(importer::Request& request, const ledger::Upload& upload, pg::MappedFile& file) {
  if (request.model.value_or(upload.model) != upload.model) {
    throw Failure(ErrorKind::bad_argument, "the upload was begun for model \"" + upload.model + "\"",
                  "Leave the model out.");
  }
  if (request.customer_id.value_or(upload.customer_id) != upload.customer_id) {
    throw Failure(ErrorKind::bad_argument, "the upload was begun for customer " + upload.customer_id,
                  "Leave customer_id out.");
  }
  request.model = upload.model;
  request.customer_id = upload.customer_id;
  read_source(upload, file);
  request.file = file.view();
}

bool is_done(importer::Status status, bool dry_run) {
  return !dry_run && (status == importer::Status::applied || status == importer::Status::applied_with_rejects ||
                      status == importer::Status::unchanged);
}

Datum import_run(const Call& call) {
  importer::Request request = import_request(call);
  const std::string id = given_id(call);
  require_writable();
  pg::Spi spi;
  Datum report = 0;
  {
    const ledger::Upload upload = require_own(id, ledger::UploadLock::write);
    pg::MappedFile file;
    fill(request, upload, file);
    const importer::Answer answer = importer::run_import(request, cancel_flag(), CurrentMemoryContext);
    if (is_done(answer.status, request.dry_run)) {
      (void)ledger::drop_upload(id);
    }
    report = import_report(answer);
  }
  spi.finish();
  return report;
}

// answer(call, request): the rows of a preview of the upload.
template <class Answer>
Datum return_rows(const Call& call, const char* kind, Answer answer) {
  importer::Request request = preview_request(call, kind);
  const std::string id = given_id(call);
  require_writable();
  begin_rows(call);
  pg::Spi spi;
  {
    pg::MappedFile file;
    fill(request, require_own(id, ledger::UploadLock::none), file);
    answer(call, std::move(request));
  }
  spi.finish();
  return 0;
}

Datum import_preview(const Call& call) {
  return return_rows(call, "preview", return_preview);
}

Datum import_diff(const Call& call) {
  return return_rows(call, "diff", return_diff);
}

Datum import_abort(const Call& call) {
  const std::string id = given_id(call);
  require_writable();
  pg::Spi spi;
  const bool dropped = find_own(id, ledger::UploadLock::write).has_value() && ledger::drop_upload(id);
  spi.finish();
  return BoolGetDatum(dropped);
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_import_begin, rehydra::entry::import_begin)
REHYDRA_FUNCTION(rehydra_import_add, rehydra::entry::import_add)
REHYDRA_FUNCTION(rehydra_import_run, rehydra::entry::import_run)
REHYDRA_FUNCTION(rehydra_import_preview, rehydra::entry::import_preview)
REHYDRA_FUNCTION(rehydra_import_diff, rehydra::entry::import_diff)
REHYDRA_FUNCTION(rehydra_import_abort, rehydra::entry::import_abort)
