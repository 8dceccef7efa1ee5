#!/usr/bin/env bash
# Job: build the command line reader of exported files.
# Caller: make file-reader.
# Promise: needs no server and no server headers; installs nothing; the program is build/reader/rehydra-file.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

say "building the command line reader (log: build/reader.log)"
configure=(-DREHYDRA_TESTS=OFF)
if [ -n "${CXX:-}" ]; then configure+=("-DCMAKE_CXX_COMPILER=$CXX"); fi
build_codec "$BUILD/reader" "${configure[@]}" || die "the build failed"
give_to_caller "$BUILD"
say "built build/reader/rehydra-file; build/reader/rehydra-file --help tells how to use it"
