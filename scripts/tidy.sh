#!/usr/bin/env bash
# Job: clang-tidy over core and codec, and a look at whether clang-format would change anything.
# Caller: make tidy.
# Promise: changes no file; the exit code is 1 when there is something to mend.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$ROOT"

CODE=0
say "clang-format: files that make format would change"
find src test bench \( -name '*.cpp' -o -name '*.h' \) -print0 | xargs -0r clang-format --dry-run -Werror 2>&1 |
  sed -n 's/^\([^:]*\):[0-9:]* error:.*/\1/p' | sort | uniq -c || CODE=1
say "clang-tidy over src/core, src/codec and src/tool"
cmake -S . -B "$BUILD/tidy" -DCMAKE_CXX_COMPILER=clang++ >"$BUILD/tidy.log" 2>&1 || { cat "$BUILD/tidy.log"; exit 1; }
find src/core src/codec src/tool -name '*.cpp' -print0 |
  xargs -0r -n 1 -P "$(jobs_count)" clang-tidy -p "$BUILD/tidy" --quiet 2>/dev/null || CODE=1
if [ "$CODE" -ne 0 ]; then die "tidy: something to mend"; fi
say "tidy: nothing to mend"
