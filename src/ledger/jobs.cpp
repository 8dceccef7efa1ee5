#include "ledger/jobs.h"

#include "core/error.h"
#include "pg/cursor.h"
#include "pg/memory.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

namespace {

constexpr auto writing = pg::Access::read_write;  // sees what this transaction has done

std::string uuid_list(const std::vector<std::string>& ids) {
  std::string list = "{";
  for (const std::string& id : ids) {
    list += (list.size() > 1 ? "," : "") + id;
  }
  return list + "}";
}

Oid oid_of(const std::optional<std::string>& text) {
  return static_cast<Oid>(std::stoul(text.value_or("0")));
}

}  // namespace

void enqueue(const Job& job, std::optional<Datum> file) {
  pg::Args args;
  args.text(job.operation_id).text(job.model).text(job.customer_id).text(job.action).text(job.arguments);
  args.text(job.settings).datum(OIDOID, ObjectIdGetDatum(job.session_role)).datum(OIDOID, ObjectIdGetDatum(job.role));
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "INSERT INTO rehydra.job (operation_id, database, model, customer_id, action, arguments, settings, session_role,"
      " role, client_addr, status, file_bytes, submitted_at)"
      " SELECT $1::uuid, d.oid, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, pg_catalog.inet_client_addr(), 'queued', 0,"
      " pg_catalog.clock_timestamp()"
      " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()",
      args);
  if (file) {
    pg::execute("INSERT INTO rehydra.job_chunk VALUES ($1::uuid, 0, $2)",
                pg::Args().text(job.operation_id).datum(BYTEAOID, *file));
  }
}

std::optional<Job> begin_job(const std::string& operation_id) {
  const registry::Bookkeeper bookkeeper;
  const auto found = pg::query(
      "UPDATE rehydra.job SET status = 'running', started_at = pg_catalog.clock_timestamp(), pid ="
      " pg_catalog.pg_backend_pid() WHERE operation_id = $1::uuid AND status = 'queued'"
      " RETURNING operation_id, model, customer_id, action, arguments, settings, session_role, role",
      pg::Args().text(operation_id), writing);
  if (found.empty()) {
    return std::nullopt;
  }
  const pg::TextRow& row = found[0];
  return Job{*row[0], *row[1], *row[2], *row[3], *row[4], row[5].value_or("{}"), oid_of(row[6]), oid_of(row[7])};
}

Datum job_file(const std::string& operation_id) {
  const registry::Bookkeeper bookkeeper;
  const MemoryContext memory = CurrentMemoryContext;
  pg::Cursor cursor("SELECT data FROM rehydra.job_chunk WHERE operation_id = $1::uuid AND chunk = 0",
                    pg::Args().text(operation_id));
  if (cursor.fetch() != 1) {
    throw Failure(ErrorKind::internal, "the file of job " + operation_id + " is gone");
  }
  const pg::ContextScope scope(memory);
  const Datum file = pg::call([&] { return PointerGetDatum(DatumGetByteaPCopy(cursor.value(0, 0))); });
  cursor.close();
  return file;
}

void end_job(const std::string& operation_id, const std::string& outcome, const std::optional<std::string>& report,
             std::int64_t file_bytes) {
  const registry::Bookkeeper bookkeeper;
  const pg::Args args = pg::Args().text(operation_id).text(outcome).text_or_null(report).integer(file_bytes);
  pg::execute(
      "DELETE FROM rehydra.job_chunk c USING rehydra.job j"
      " WHERE c.operation_id = $1::uuid AND j.operation_id = c.operation_id AND j.action = 'import'",
      pg::Args().text(operation_id));
  pg::execute(
      "UPDATE rehydra.job SET status = 'done', outcome = $2, report = $3::jsonb, file_bytes = $4, settings = NULL,"
      " pid = NULL, ended_at = pg_catalog.clock_timestamp() WHERE operation_id = $1::uuid",
      args);
}

void add_chunk(const std::string& operation_id, int number, std::string_view bytes) {
  const pg::Context memory(CurrentMemoryContext, "rehydra job chunk");
  const pg::ContextScope scope(memory.get());
  const registry::Bookkeeper bookkeeper;
  pg::execute("INSERT INTO rehydra.job_chunk VALUES ($1::uuid, $2, $3)",
              pg::Args().text(operation_id).integer(number).bytes(bytes));
}

bool end_badly(const std::string& operation_id, const BadEnd& end, From from) {
  pg::Args args;
  args.text(operation_id).text(end.status).text_or_null(end.sqlstate).text(end.message);
  for (const std::string* text : {&end.detail, &end.hint}) {
    args.text_or_null(text->empty() ? std::nullopt : std::optional<std::string>(*text));
  }
  args.boolean(from == From::any);
  const registry::Bookkeeper bookkeeper;
  const auto ended = pg::execute(
      "WITH before AS (SELECT * FROM rehydra.job WHERE operation_id = $1::uuid"
      " AND (status = 'queued' OR $7 AND status = 'running') FOR UPDATE),"
      " ended AS (UPDATE rehydra.job j SET status = $2, outcome = $2, sqlstate = $3, message = $4, detail = $5, hint ="
      " $6, settings = NULL, pid = NULL, ended_at = pg_catalog.clock_timestamp()"
      " FROM before b WHERE j.operation_id = b.operation_id RETURNING b.*),"
      " emptied AS (DELETE FROM rehydra.job_chunk c USING before b WHERE c.operation_id = b.operation_id)"
      " INSERT INTO rehydra.activity (operation_id, model, customer_id, at, kind, mode, dry_run, outcome, sqlstate,"
      " session_role, app_user, client_addr, application_name, options, duration_ms, detail)"
      " SELECT e.operation_id, e.model, e.customer_id, pg_catalog.clock_timestamp(), e.action, e.arguments ->> 'mode',"
      " (e.arguments ->> 'dry_run')::boolean, $2, $3, pg_catalog.pg_get_userbyid(e.session_role),"
      " NULLIF(e.settings ->> 'rehydra.app_user', ''), e.client_addr, e.settings ->> 'application_name',"
      " (e.arguments ->> 'options')::jsonb,"
      " 1000 * EXTRACT(epoch FROM pg_catalog.clock_timestamp() - e.started_at), $4 FROM ended e",
      args);
  return ended != 0;
}

std::vector<std::string> lost_jobs(const std::vector<std::string>& live) {
  const registry::Bookkeeper bookkeeper;
  std::vector<std::string> lost;
  for (const pg::TextRow& row :
       pg::query("SELECT operation_id FROM rehydra.job WHERE status IN ('queued', 'running')"
                 " AND (status = 'running' AND operation_id <> ALL ($1::uuid[]) OR database <> (SELECT d.oid FROM"
                 " pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())) ORDER BY number",
                 pg::Args().text(uuid_list(live)), writing)) {
    lost.push_back(*row[0]);
  }
  return lost;
}

std::optional<NextJob> next_job(const std::vector<std::string>& live) {
  const registry::Bookkeeper bookkeeper;
  const auto found = pg::query(
      "WITH beside AS (SELECT model, customer_id, pg_catalog.count(*) AS jobs,"
      "   pg_catalog.count(*) FILTER (WHERE action = 'import') AS imports"
      "   FROM rehydra.job WHERE operation_id = ANY ($1::uuid[]) GROUP BY 1, 2)"
      " SELECT j.operation_id, j.session_role,"
      "   CASE WHEN r.oid IS NULL THEN 'the role that submitted it is gone'"
      "        WHEN NOT r.rolcanlogin THEN pg_catalog.format('role \"%s\" is not permitted to log in', r.rolname)"
      "        WHEN NOT pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')"
      "        THEN pg_catalog.format('role \"%s\" may not connect to this database', r.rolname) END"
      " FROM rehydra.job j LEFT JOIN beside b ON b.model = j.model AND b.customer_id = j.customer_id"
      " LEFT JOIN pg_catalog.pg_roles r ON r.oid = j.session_role"
      " WHERE j.status = 'queued' AND j.operation_id <> ALL ($1::uuid[])"
      "   AND (b.jobs IS NULL OR b.jobs < $2 AND NOT (j.action = 'import' AND b.imports > 0))"
      " ORDER BY j.number LIMIT 1 FOR UPDATE OF j SKIP LOCKED",
      pg::Args().text(uuid_list(live)).integer(pg::max_jobs_per_tenant()), writing);
  if (found.empty()) {
    return std::nullopt;
  }
  return NextJob{*found[0][0], oid_of(found[0][1]), found[0][2]};
}

bool is_queued(const std::string& operation_id) {
  const registry::Bookkeeper bookkeeper;
  return pg::query_count("SELECT count(*) FROM rehydra.job WHERE operation_id = $1::uuid AND status = 'queued'",
                         pg::Args().text(operation_id), writing) != 0;
}

std::optional<FoundJob> find_job(const std::string& operation_id) {
  const registry::Bookkeeper bookkeeper;
  const auto found = pg::query(
      "SELECT model, customer_id, action, status, role, file_bytes FROM rehydra.job WHERE operation_id = $1::uuid",
      pg::Args().text(operation_id));
  if (found.empty()) {
    return std::nullopt;
  }
  const pg::TextRow& row = found[0];
  return FoundJob{*row[0], *row[1], *row[2], *row[3], oid_of(row[4]), std::stoll(*row[5])};
}

void for_each_chunk(const std::string& operation_id, const std::function<void(std::int64_t number, Datum data)>& body) {
  const registry::Bookkeeper bookkeeper;
  pg::Context memory(CurrentMemoryContext, "rehydra job chunk");
  for (const pg::TextRow& row :
       pg::query("SELECT chunk FROM rehydra.job_chunk WHERE operation_id = $1::uuid ORDER BY chunk",
                 pg::Args().text(operation_id))) {
    const std::int64_t number = std::stoll(*row[0]);
    const pg::ContextScope scope(memory.get());
    pg::Cursor cursor("SELECT data FROM rehydra.job_chunk WHERE operation_id = $1::uuid AND chunk = $2",
                      pg::Args().text(operation_id).integer(number));
    if (cursor.fetch() == 1) {
      body(number, pg::call([&] { return PointerGetDatum(DatumGetByteaPCopy(cursor.value(0, 0))); }));
    }
    cursor.close();
    memory.reset();
  }
}

std::int64_t forget_jobs(const std::string& older_than, const std::optional<std::string>& customer_id,
                         const std::vector<std::string>& models) {
  const Oid user = GetUserId();
  const registry::Bookkeeper bookkeeper;
  std::string names;
  for (const std::string& model : models) {
    names += '\x01' + model + '\x01';
  }
  return static_cast<std::int64_t>(pg::execute(
      "DELETE FROM rehydra.job WHERE ended_at < pg_catalog.clock_timestamp() - $1::interval"
      " AND status NOT IN ('queued', 'running') AND ($2 IS NULL OR customer_id = $2"
      " AND pg_catalog.strpos($3, E'\\x01' || model || E'\\x01') > 0"
      " AND pg_catalog.pg_has_role($4, role, 'MEMBER'))",
      pg::Args().text(older_than).text_or_null(customer_id).text(names).datum(OIDOID, ObjectIdGetDatum(user))));
}

}  // namespace rehydra::ledger
