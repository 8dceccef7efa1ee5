# Job: keep the plans of one measure's statements, for people to read: build/bench/plans/NAME.txt.
# Caller: sourced by run.sh and tenants.sh.
# Promise: the run is one of its own, so that no measured one is slowed down. An installation without auto_explain keeps none, and says so.

PLANS=$ROOT/build/bench/plans

# keep_plans NAME COMMAND...: the command is a psql that is given plans=on besides, and runs plans.psql.
keep_plans() {
  local name=$1; shift
  if [ ! -e "$("$PG_CONFIG" --pkglibdir)/auto_explain.so" ]; then echo "   no auto_explain here: no plans"; return; fi
  mkdir -p "$PLANS"
  "$@" -v plans=on 2>"$PLANS/$name.raw" >/dev/null || { grep -a ERROR "$PLANS/$name.raw" >&2; return 1; }
  awk -f "$HERE/plans.awk" "$PLANS/$name.raw" >"$PLANS/$name.txt"
  rm "$PLANS/$name.raw"
  echo "   plans: build/bench/plans/$name.txt"
}
