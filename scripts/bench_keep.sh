#!/usr/bin/env bash
# Job: keep the last bench's ratios: a line each in bench/figures.tsv, and the curve over the number of rows as a picture.
# Caller: make bench-keep, after make bench, on an idle machine.
# Promise: adds lines, changes none; says what the machine and the commit were. Uncommitted changes are marked by a +.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/bench_medians.sh
. "$ROOT/scripts/bench_medians.sh"

FIGURES=$ROOT/bench/figures.tsv
machine=$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)
commit=$(git -C "$ROOT" rev-parse --short HEAD)
if [ -n "$(git -C "$ROOT" status --porcelain --untracked-files=no)" ]; then commit+=+; fi
[ -f "$FIGURES" ] || printf 'date\tcommit\tmachine\tscale\trows\tmeasure\tpairs\tratio\tmemory_mb\twal_mb\n' >"$FIGURES"
bench_medians | awk -v "lead=$(date +%F)	$commit	$machine, $(nproc) cores" 'BEGIN { FS = OFS = "\t" } { print lead, $0 }' >>"$FIGURES"
awk -f "$ROOT/bench/median.awk" -f "$ROOT/bench/curve.awk" "$FIGURES" >"$ROOT/docs/performance-curve.svg"
say "kept in bench/figures.tsv; the curve is docs/performance-curve.svg"
