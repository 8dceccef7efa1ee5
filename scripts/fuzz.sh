#!/usr/bin/env bash
# Job: let libFuzzer look for inputs that break the codec.
# Caller: make fuzz; SECONDS_LIMIT bounds each target, TARGETS names some (default: all).
# Promise: findings stand in build/fuzz/findings; what belongs into test/fuzz/corpus is a person's choice.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

SECONDS_LIMIT=${SECONDS_LIMIT:-60}
compgen -G "$ROOT/test/fuzz/fuzz_*.cpp" >/dev/null || die "there is no fuzz target yet (test/fuzz/fuzz_*.cpp)"
say "building the fuzz targets with clang (log: build/fuzz.log)"
build_codec "$BUILD/fuzz" -DCMAKE_CXX_COMPILER=clang++ -DREHYDRA_FUZZ=ON -DREHYDRA_SANITIZE=ON
mkdir -p "$BUILD/fuzz/findings"
FAILED=0
for source in "$ROOT"/test/fuzz/fuzz_*.cpp; do
  target=$(basename "$source" .cpp)
  if [[ " ${TARGETS:-$target} " != *" $target "* ]]; then continue; fi
  say "$target: $SECONDS_LIMIT s"
  mkdir -p "$BUILD/fuzz/corpus/$target"
  seeds=("$BUILD/fuzz/corpus/$target")
  if [ -d "$ROOT/test/fuzz/corpus/$target" ]; then seeds+=("$ROOT/test/fuzz/corpus/$target"); fi
  "$BUILD/fuzz/$target" -max_total_time="$SECONDS_LIMIT" -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="$BUILD/fuzz/findings/$target-" "${seeds[@]}" >"$BUILD/fuzz/$target.log" 2>&1 || {
    FAILED=1
    grep -E '^(SUMMARY|Test unit)|ERROR:' "$BUILD/fuzz/$target.log" || true
  }
  grep -E '^stat::(number_of_executed_units|peak_rss_mb)' "$BUILD/fuzz/$target.log" || true
done
if [ "$FAILED" -ne 0 ]; then die "fuzz: findings in build/fuzz/findings"; fi
say "fuzz: no finding"
