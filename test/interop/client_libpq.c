/* Job: the lines of docs/streaming.md for libpq: a file out and in, in little memory, and a reader that fails.
   Caller: clients.sh: client FILE, with the connection in libpq's environment. Promise: TAP lines. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "doc_blocks.h"

enum { most_kilobytes = 8 * 1024 };

static int failures = 0;

static void tell(int good, const char *what) {
  printf("%s - libpq: %s\n", good ? "ok" : "not ok", what);
  failures += good ? 0 : 1;
}

static long kilobytes(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static char *value_of(PGconn *connection, const char *query) {
  PGresult *result = PQexec(connection, query);
  if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
    fprintf(stderr, "%s: %s", query, PQresultErrorMessage(result));
    exit(1);
  }
  char *value = strdup(PQgetvalue(result, 0, 0));
  PQclear(result);
  return value;
}

static int is(PGconn *connection, const char *query, const char *wanted) {
  char *value = value_of(connection, query);
  const int same = strcmp(value, wanted) == 0;
  if (!same) {
    printf("# have: %s\n# want: %s\n", value, wanted);
  }
  free(value);
  return same;
}

int main(int count, char **arguments) {
  PGconn *connection = PQconnectdb("");
  if (count != 2 || PQstatus(connection) != CONNECTION_OK) {
    fprintf(stderr, "%s", PQerrorMessage(connection));
    return 1;
  }
  free(value_of(connection, "SELECT rehydra_version()"));
  const char *logged = "SELECT count(*) FROM rehydra.activity_log";
  char *rows = value_of(connection, logged);
  FILE *full = fopen("/dev/full", "wb");
  tell(!save_export(connection, "1", full) && is(connection, logged, rows),
       "a reader that fails cancels the rest, and the session goes on");
  free(rows);
  fclose(full);

  const long before = kilobytes();
  FILE *file = fopen(arguments[1], "w+b");
  const int saved = save_export(connection, "1", file);
  const long long size = ftell(file);
  tell(saved && size > 2LL * most_kilobytes * 1024, "a file is saved by chunks");
  rewind(file);
  char *upload = value_of(connection, "SELECT rehydra_import_begin()");
  tell(send_file(connection, upload, file, 0), "and sent by pieces");
  fclose(file);
  tell(kilobytes() - before < most_kilobytes, "in little memory");
  char query[128];
  snprintf(query, sizeof query, "SELECT rehydra_import_run('%s') ->> 'status'", upload);
  tell(is(connection, query, "unchanged"), "it is found unchanged");
  free(upload);
  PQfinish(connection);
  return failures == 0 ? 0 : 1;
}
