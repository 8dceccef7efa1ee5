#!/usr/bin/env bash
# Job: the product tour: demo/demo.sql on a throwaway cluster, and the workbook it wrote for the user to open.
# Caller: make demo [SCALE=S|M|L] [OUT=folder]; scripts/demo.sh SCALE.
# Promise: prints what it does; leaves workbooks in OUT (default build/demo), and nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

SCALE=${1:-S}
OUT=${OUT:-$BUILD/demo}
case $SCALE in S | M | L) ;; *) die "SCALE is S (about 10 thousand rows a customer), M (100 thousand) or L (1 million)" ;; esac

build_extension
say "starting a throwaway cluster"
cluster_start
cluster_copy demo "$ROOT"/demo/.
mkdir "$CLUSTER_DIR/out"
cluster_own "$CLUSTER_DIR/out"

say "the tour, at scale $SCALE: demo/demo.sql"
cluster_psql -v "scale=$SCALE" -v "out=$CLUSTER_DIR/out" --file=demo/demo.sql </dev/null

mkdir -p "$OUT"
for file in "$CLUSTER_DIR"/out/*; do
  [ -e "$file" ] || die "the tour left no workbook"
  cp -- "$file" "$OUT/"
  say "to open: $(cd "$OUT" && pwd)/$(basename "$file")"
done
chmod -R u+rwX,go+rX "$OUT"
give_to_caller "$BUILD" "$OUT"
say "demo: done, customer 1 is what it was"
