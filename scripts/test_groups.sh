# shellcheck shell=bash
# Job: the groups of tests: for each, does it have tests (group_X_exists), and how are they run and counted (group_X).
# Caller: scripts/test.sh, with the current folder at the root and, for the server's groups, a cluster running.
# Promise: a group counts through `count PASSED FAILED` and returns non-zero when something failed or broke.

count() { echo "$1 $2" >>"$COUNTS"; }
any() { compgen -G "$1" >/dev/null; }

# What the server's tests read, in the layout of the checkout, so that \ir ../../demo/10-data.sql finds its file.
copy_checkout() {
  local folder
  CLUSTER_CWD=$CLUSTER_DIR/checkout
  if [ -d "$CLUSTER_CWD" ]; then return; fi
  for folder in sql expected demo test/pgtap test/isolation test/data; do
    if any "$folder/*"; then cluster_copy "checkout/$folder" "$folder/."; fi
  done
  cluster_own "$CLUSTER_CWD"
}

# --- layers: the include graph and the house rules ------------------------------------------------------------------
group_layers_exists() { any 'src/*/*.cpp'; }
group_layers() {
  local output code=0
  output=$(bash scripts/check_layers.sh) || code=$?
  printf '%s\n' "$output"
  count "$(grep -c '^ok ' <<<"$output" || true)" "$(grep -c '^not ok ' <<<"$output" || true)"
  return "$code"
}

# --- unit: GoogleTest and the fuzz corpus, with address and undefined behaviour sanitizers ----------------------------
group_unit_exists() { any 'test/unit/*.cpp' || any 'test/fuzz/fuzz_*.cpp'; }
group_unit() {
  local folder=$BUILD/codec code=0
  build_codec_programs
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
  local program
  for program in rehydra_unit rehydra_allocation; do
    if [ -x "$folder/$program" ]; then run_gtest "$folder" "$program" || code=1; fi
  done
  replay_corpora "$folder" || code=1
  return "$code"
}

run_gtest() {
  local code=0 report=$LOGS/$2.json passed failed
  (cd "$1" && "./$2" --gtest_brief=1 "--gtest_output=json:$report") || code=$?
  if [ ! -s "$report" ]; then echo "unit: $2 ended with code $code and no report"; return 1; fi
  failed=$(sed -n 's/^  "failures": \([0-9]*\),/\1/p' "$report")
  passed=$(($(sed -n 's/^  "tests": \([0-9]*\),/\1/p' "$report") - failed))
  if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  count "$passed" "$failed"
  return "$code"
}

replay_corpora() {
  local program code=0
  for program in "$1"/fuzz_*; do
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then continue; fi
    any "test/fuzz/corpus/$(basename "$program")/*" || continue
    if "$program" "test/fuzz/corpus/$(basename "$program")"; then count 1 0; else
      echo "corpus of $(basename "$program"): failed"
      count 0 1
      code=1
    fi
  done
  return "$code"
}

# --- regress: pg_regress sessions, sql/*.sql against expected/*.out ---------------------------------------------------
group_regress_exists() { any 'sql/*.sql'; }
group_regress() {
  local code=0 work=$CLUSTER_DIR/checkout output
  local -a names
  mapfile -t names < <(basename -s .sql sql/*.sql)
  copy_checkout
  output=$(cluster_run "$(pgxs_test regress/pg_regress)" --bindir="$(cluster_bin)" --inputdir="$work" \
    --outputdir="$work" --dbname=rehydra_regress "${names[@]}" 2>&1) || code=$?
  printf '%s\n' "$output"
  count "$(grep -cE '^(test .* ok|ok +[0-9])' <<<"$output" || true)" \
    "$(grep -cE '^(test .* FAILED|not ok +[0-9])' <<<"$output" || true)"
  if [ -f "$work/regression.diffs" ]; then
    cp "$work/regression.diffs" "$LOGS/"
    cat "$work/regression.diffs"
  fi
  rm -rf "$LOGS/results"
  if [ -d "$work/results" ]; then cp -r "$work/results" "$LOGS/results"; fi
  return "$code"
}

pgxs_test() { echo "$(dirname "$("$PG_CONFIG" --pgxs)")/../test/$1"; }

# --- pgtap: test/pgtap/*.sql in one database, each rolled back (setup.psql, where there is one, runs before) ----------
group_pgtap_exists() { any 'test/pgtap/*.sql'; }
group_pgtap() {
  local code=0 output
  copy_checkout
  cluster_run createdb rehydra_pgtap
  cluster_psql --dbname=rehydra_pgtap --command='CREATE EXTENSION pgtap' --command='CREATE EXTENSION rehydra'
  if [ -f test/pgtap/setup.psql ]; then cluster_psql --dbname=rehydra_pgtap --file=test/pgtap/setup.psql; fi
  output=$(cluster_run "$(command -v pg_prove)" --dbname rehydra_pgtap --verbose --nocolor --timer --ext .sql test/pgtap \
    2>&1) || code=$?
  # The people's view: a line a file, and what went wrong; the log has every test.
  printf '%s\n' "$output" >"$LOGS/pgtap.tap"
  grep -vE '^(ok [0-9]|1\.\.[0-9]|ok$)' <<<"$output" || true
  count "$(grep -cE '^ok [0-9]' <<<"$output" || true)" "$(grep -cE '^not ok [0-9]' <<<"$output" || true)"
  return "$code"
}

# --- isolation: test/isolation/specs, concurrent sessions -------------------------------------------------------------
group_isolation_exists() { any 'test/isolation/specs/*.spec'; }
group_isolation() {
  local code=0 work=$CLUSTER_DIR/checkout/test/isolation output tester
  local -a names
  tester=$(isolation_tester)
  if [ -z "$tester" ]; then echo "isolation: no pg_isolation_regress in this installation, skipped"; return 0; fi
  mapfile -t names < <(basename -s .spec test/isolation/specs/*.spec)
  copy_checkout
  output=$(cluster_run "$tester" --bindir="$(cluster_bin)" --inputdir="$work" --outputdir="$work" \
    --dbname=rehydra_isolation --load-extension=rehydra "${names[@]}" 2>&1) || code=$?
  printf '%s\n' "$output"
  count "$(grep -cE '^(test .* ok|ok +[0-9])' <<<"$output" || true)" \
    "$(grep -cE '^(test .* FAILED|not ok +[0-9])' <<<"$output" || true)"
  local diffs
  for diffs in "$work"/regression.diffs "$work"/output_iso/regression.diffs; do
    if [ -f "$diffs" ]; then cp "$diffs" "$LOGS/isolation.diffs"; cat "$diffs"; fi
  done
  return "$code"
}

# Debian's 13 comes without; it is a client, and that of another version will do.
isolation_tester() {
  local tester
  for tester in "$(pgxs_test isolation/pg_isolation_regress)" /usr/lib/postgresql/*/lib/pgxs/src/test/isolation/pg_isolation_regress; do
    if [ -x "$tester" ]; then echo "$tester"; return; fi
  done
}

# --- interop, hostile, lifecycle: shell scripts, which print TAP lines (ok / not ok) ----------------------------------------------
group_interop_exists() { any 'test/interop/*.sh'; }
group_interop() { build_codec_programs && run_scripts test/interop; }
group_hostile_exists() { any 'test/hostile/*.sh'; }
group_hostile() { build_codec_programs && run_scripts test/hostile; }
group_lifecycle_exists() { any 'test/lifecycle/*.sh'; }
group_lifecycle() { run_scripts test/lifecycle; }

run_scripts() {
  local script log code=0 failed=0 not_ok
  for script in "$1"/*.sh; do
    log=$LOGS/$(basename "$1")-$(basename "$script" .sh).log
    code=0
    beside_cluster bash "$script" 2>&1 | tee "$log" || code=$?
    not_ok=$(grep -cE '^not ok( |$)' "$log" || true)
    if [ "$code" -ne 0 ] && [ "$not_ok" -eq 0 ]; then
      echo "not ok - $script ended with code $code"
      not_ok=1
    fi
    count "$(grep -cE '^ok( |$)' "$log" || true)" "$not_ok"
    if [ "$not_ok" -gt 0 ]; then failed=1; fi
  done
  return "$failed"
}
