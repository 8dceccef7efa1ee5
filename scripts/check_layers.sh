#!/usr/bin/env bash
# Job: check the house rules that a compiler does not: layers, server symbols, sizes, marks, tests that docs name.
# Caller: scripts/test.sh (group layers), make layers.
# Promise: one TAP line a rule; what breaks it stands below with file and line; the exit code is 1 if any does.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

BROKEN=0
rule() {  # rule NAME OFFENDERS
  if [ -z "$2" ]; then echo "ok - $1"; return; fi
  BROKEN=1
  echo "not ok - $1"
  printf '#   %s\n' "${2//$'\n'/$'\n#   '}"
}

# A layer may include itself and these; exporter and importer do not know each other.
allowed() {
  case $1 in
    core) echo core ;;
    codec) echo core codec ;;
    tool) echo core codec tool ;;
    pg) echo core codec pg ;;
    registry) echo core codec pg registry ;;
    ledger) echo core codec pg registry ledger ;;
    exporter) echo core codec pg registry ledger exporter ;;
    importer) echo core codec pg registry ledger importer ;;
    entry) echo core codec pg registry ledger exporter importer entry ;;
  esac
}

# "file:line:layer" of every include of one of our own layers.
our_includes() {
  grep -rnoE --include='*.cpp' --include='*.h' '#include "(core|codec|tool|pg|registry|ledger|exporter|importer|entry)/' \
    "src/$1" 2>/dev/null | sed -E 's|^([^:]*:[0-9]*):#include "([a-z]*)/|\1:\2|' || true
}

upward_includes() {
  local layer line
  for layer in core codec tool pg registry ledger exporter importer entry; do
    while IFS= read -r line; do
      [ -n "$line" ] || continue
      [[ " $(allowed "$layer") " == *" ${line##*:} "* ]] || echo "$line"
    done < <(our_includes "$layer")
  done
}

server_includes() {
  grep -rnE --include='*.cpp' --include='*.h' \
    '#include *[<"](postgres|c\.h|fmgr|funcapi|miscadmin|pgstat|access/|catalog/|commands/|executor/|libpq/|nodes/|port|storage/|tcop/|utils/|pg/)' \
    src/core src/codec src/tool 2>/dev/null || true
}

quoted_parent_includes() { grep -rnE '#include "\.\./' src 2>/dev/null || true; }

# Symbols that the codec's objects ask for and that the server's program offers.
server_symbols() {
  local server
  server=$("$PG_CONFIG" --bindir 2>/dev/null)/postgres
  if [ ! -d "$BUILD/ext/codec" ] || [ ! -f "$server" ]; then return; fi
  comm -12 \
    <(find "$BUILD/ext/core" "$BUILD/ext/codec" -name '*.o' -exec nm --undefined-only {} + | awk 'NF == 2 { print $2 }' | sort -u) \
    <(nm -D --defined-only "$server" | awk '{ print $3 }' | sort -u)
}

# Templates of the standard library are visible by default; the linker's map keeps them inside.
foreign_exports() {
  if [ ! -f rehydra.so ]; then return; fi
  nm -D --defined-only rehydra.so | awk '{ print $3 }' | grep -vE '^(Pg_magic_func|_PG_init|pg_finfo_rehydra_.*|rehydra_.*)$' || true
}

version_ifdefs() { grep -rn 'PG_VERSION_NUM' --include='*.cpp' --include='*.h' src 2>/dev/null | grep -v '^src/pg/compat\.h:' || true; }
raw_pg_try() { grep -rlE '\bPG_TRY\(' --include='*.cpp' --include='*.h' src 2>/dev/null | sort | tail -n +2 || true; }

sources() { find src test bench demo sql scripts -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.sql' -o -name '*.sh' \
  -o -name '*.py' -o -name '*.psql' -o -name '*.spec' \) 2>/dev/null | sort; }

long_files() { sources | grep -E '\.(cpp|h|sh|py)$|^src/sql/' | xargs -r wc -l | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }'; }

# clang-format puts a function's closing brace under the first character of the line that opens it.
long_functions() {
  # shellcheck disable=SC2016
  find src -name '*.cpp' -o -name '*.h' | sort | xargs -r awk '
    FNR == 1 { start = 0 }
    { match($0, /^ */); indent = RLENGTH; opened = gsub(/\(/, "("); closed = gsub(/\)/, ")") }
    opened > closed { outer = indent }
    opened < closed { indent = outer }
    !start && /\)( const| noexcept| override)*( ->.*)? \{$/ && !/^ *(if|for|while|switch|else|\}|namespace|extern)/ { start = FNR; depth = indent }
    start && FNR > start && indent <= depth && /^ *\}/ { if (FNR - start > 60) print FILENAME ":" start ": " FNR - start " lines"; start = 0 }'
}

marks() { sources | grep -v '^scripts/check_layers' | xargs -r grep -nE '\b(TODO|FIXME|XXX)\b' || true; }

# A file says job, caller and promise first; a .cpp whose header does so is excused.
no_head() {
  local file
  find src -name '*.cpp' -o -name '*.h' | sort | while IFS= read -r file; do
    if [[ $file = *.cpp && -f ${file%.cpp}.h ]]; then continue; fi
    [[ $(head -n 2 "$file") == *'// '* ]] || echo "$file"
  done
}

# The answers promise tests by name.
missing_tests() {
  local file
  grep -oE 'test/[a-z]+/[a-z0-9_]+\.[a-z]+' docs/answers.md | sort -u | while IFS= read -r file; do
    [ -f "$file" ] || echo "$file"
  done
}

rule "each layer includes only those below it" "$(upward_includes)"
rule "includes name the layer, not a path upwards" "$(quoted_parent_includes)"
rule "no server header in core, codec and tool" "$(server_includes)"
rule "no server symbol in the codec's objects" "$(server_symbols)"
rule "the library exports SQL functions only" "$(foreign_exports)"
rule "PG_VERSION_NUM only in src/pg/compat.h" "$(version_ifdefs)"
rule "PG_TRY in one file" "$(raw_pg_try)"
rule "no file over 500 lines" "$(long_files)"
rule "no function over 60 lines" "$(long_functions)"
rule "every source file says what it is for" "$(no_head)"
rule "no unfinished marks" "$(marks)"
rule "every test that docs/answers.md names exists" "$(missing_tests)"
exit "$BROKEN"
